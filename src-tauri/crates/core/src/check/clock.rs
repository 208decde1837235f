//! Decides whether this computer's clock is wrong. Only then is a certificate that has expired, or is
//! not valid yet, blamed on the clock.
//!
//! There is no trusted time on this computer. Two pieces of evidence count: a time from outside, and the
//! build time of this program, which cannot run before it was built. Without evidence the clock is taken
//! to be right.

/// A deviation of more than this, in seconds, is wrong: less may be a time zone that was set by hand.
const TOLERATED: u64 = 24 * 60 * 60;

/// By how many hours the clock is wrong; `None` unless it is known to be wrong by more than a day. All
/// times are in seconds since 1970: `shown` is what the clock shows, `said` is what a server outside
/// says, `built` is when this program was built.
pub fn hours_off(shown: u64, said: Option<u64>, built: u64) -> Option<u64> {
    let off = match said {
        Some(said) => shown.abs_diff(said),
        None => built.saturating_sub(shown),
    };
    (off > TOLERATED).then_some(off / 3600)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 3600;
    const BUILT: u64 = 20_000 * DAY;

    #[test]
    fn a_time_from_outside_decides_about_the_clock() {
        assert_eq!(hours_off(BUILT + 3 * DAY, Some(BUILT + DAY), BUILT), Some(48));
        assert_eq!(hours_off(BUILT + DAY, Some(BUILT + 3 * DAY), BUILT), Some(48));
        assert_eq!(hours_off(BUILT + DAY, Some(BUILT + 2 * DAY), BUILT), None);
        assert_eq!(hours_off(BUILT - 9 * DAY, Some(BUILT - 9 * DAY), BUILT), None);
    }

    #[test]
    fn nothing_runs_before_it_was_built() {
        assert_eq!(hours_off(BUILT - 2 * DAY, None, BUILT), Some(48));
        assert_eq!(hours_off(BUILT + 900 * DAY, None, BUILT), None);
    }
}
