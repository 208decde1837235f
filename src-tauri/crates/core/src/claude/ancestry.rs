//! Detects whether this program was started from inside Claude: from its terminal, by a tool server, or by a
//! session of its agent.
//!
//! Programs started by a packaged app see the app's redirected folders instead of the real ones (PI:
//! claude-code #93152, #94254). This program would then write where no other program reads, and would ask
//! its own ancestor to quit.

/// A process in the system's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub id: u32,
    /// The id of the process that started it, which may have ended since.
    pub parent: Option<u32>,
    /// When it was started, in seconds.
    pub started: u64,
    /// True for Claude Desktop.
    pub is_claude: bool,
}

/// True when Claude is among the ancestors of the process `me`. Process ids are reused, so an ancestor that
/// is younger than its child does not count.
pub fn is_inside_claude(me: u32, processes: &[Process]) -> bool {
    let find = |id: u32| processes.iter().find(|process| process.id == id);
    let mut child = find(me);
    for _ in 0..processes.len() {
        let Some(process) = child else { return false };
        let parent = process.parent.and_then(find).filter(|parent| parent.started <= process.started);
        match parent {
            Some(parent) if parent.is_claude => return true,
            parent => child = parent,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(id: u32, parent: u32, started: u64, is_claude: bool) -> Process {
        Process { id, parent: (parent != 0).then_some(parent), started, is_claude }
    }

    #[track_caller]
    fn check(processes: &[Process], expected: bool) {
        assert_eq!(is_inside_claude(9, processes), expected, "{processes:?}");
    }

    #[test]
    fn an_ancestor_counts_however_far_away() {
        check(&[process(9, 5, 30, false), process(5, 2, 20, false), process(2, 1, 10, true)], true);
        check(&[process(9, 5, 30, false), process(5, 1, 20, false), process(2, 1, 10, true)], false);
        check(&[process(9, 0, 30, false)], false);
        check(&[], false);
    }

    #[test]
    fn a_number_that_was_given_again_is_no_ancestor() {
        check(&[process(9, 5, 30, false), process(5, 1, 31, true)], false);
    }

    #[test]
    fn being_claude_oneself_is_not_being_inside() {
        check(&[process(9, 1, 30, true)], false);
    }

    #[test]
    fn a_circle_ends() {
        check(&[process(9, 5, 30, false), process(5, 9, 30, false)], false);
    }
}
