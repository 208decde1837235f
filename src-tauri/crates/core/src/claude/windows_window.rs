//! Which of Claude's windows is asked to close on Windows: the one that a person sees as "the app".
//!
//! Other windows are never asked. Those that nobody sees belong to the icon in the notification area, to input methods
//! and to helpers; closing them quits nothing and breaks them.

/// A top-level window of Claude's first process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// True if it is shown (`IsWindowVisible`), minimised ones included.
    pub is_visible: bool,
    /// True if another window owns it, as with dialogues.
    pub is_owned: bool,
    /// True for a tool window (`WS_EX_TOOLWINDOW`), which has no button in the task bar.
    pub is_tool: bool,
    /// True if it has a caption (`WS_CAPTION`), which the app keeps where it draws its own.
    pub has_caption: bool,
    /// Width times height, in pixels.
    pub area: u64,
}

/// The index of the main window; `None` if there is none that a person sees.
pub fn main_window(windows: &[Seen]) -> Option<usize> {
    let is_main = |seen: &Seen| seen.is_visible && !seen.is_owned && !seen.is_tool && seen.has_caption;
    let candidates = windows.iter().enumerate().filter(|(_, seen)| is_main(seen));
    candidates.max_by_key(|(index, seen)| (seen.area, std::cmp::Reverse(*index))).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIN: Seen = Seen { is_visible: true, is_owned: false, is_tool: false, has_caption: true, area: 1000 };

    #[test]
    fn the_largest_that_a_person_sees_is_the_main_one() {
        let small = Seen { area: 10, ..MAIN };
        assert_eq!(main_window(&[small, MAIN, MAIN]), Some(1));
        assert_eq!(main_window(&[Seen { area: 0, ..MAIN }]), Some(0), "minimised");
    }

    #[test]
    fn no_other_window_is_asked() {
        for other in [
            Seen { is_visible: false, ..MAIN },
            Seen { is_owned: true, ..MAIN },
            Seen { is_tool: true, ..MAIN },
            Seen { has_caption: false, ..MAIN },
        ] {
            assert_eq!(main_window(&[other]), None, "{other:?}");
        }
        assert_eq!(main_window(&[]), None);
    }
}
