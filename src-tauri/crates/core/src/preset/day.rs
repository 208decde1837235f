//! A day, as people write it in a preset: `2027-03-31`.

use std::fmt;
use std::str::FromStr;

use time::{Date, Month, OffsetDateTime};

/// A day of the calendar; later days are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

/// The text is not a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a day of the form 2027-03-31")]
pub struct NotADay;

impl Day {
    /// The day of a moment, in seconds since 1970, in UTC. A moment after the year 9999 is its last day.
    pub fn of(seconds: u64) -> Self {
        let moment = i64::try_from(seconds).ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
        Self(moment.map_or(Date::MAX, OffsetDateTime::date))
    }
}

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part = parts.next().filter(|part| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()));
            part.and_then(|part| part.parse::<u16>().ok()).ok_or(NotADay)
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        if parts.next().is_some() {
            return Err(NotADay);
        }
        let small = |number: u16| u8::try_from(number).map_err(|_| NotADay);
        let month = Month::try_from(small(month)?).map_err(|_| NotADay)?;
        Date::from_calendar_date(year.into(), month, small(day)?).map(Self).map_err(|_| NotADay)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds: u64, expected: &str) {
        assert_eq!(Day::of(seconds).to_string(), expected);
        assert_eq!(expected.parse(), Ok(Day::of(seconds)));
    }

    #[test]
    fn moments_have_their_day() {
        check(0, "1970-01-01");
        check(951_782_399, "2000-02-28");
        check(951_782_400, "2000-02-29");
        check(1_709_164_800, "2024-02-29");
        check(1_798_675_199, "2026-12-30");
        check(1_798_761_600, "2027-01-01");
        check(4_107_542_400, "2100-03-01");
        assert_eq!(Day::of(u64::MAX).to_string(), "9999-12-31");
    }

    #[test]
    fn only_days_are_days() {
        for text in [
            "2026-13-01",
            "2026-02-29",
            "2100-02-29",
            "2026-1-01",
            "26-01-01",
            "2026-01-00",
            "2026-01-01-1",
            "",
            "+026-01-01",
        ] {
            assert_eq!(text.parse::<Day>(), Err(NotADay), "{text}");
        }
    }
}
