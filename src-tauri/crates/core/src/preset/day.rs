//! A day, as people write it in a preset: `2027-03-31`.

use std::fmt;
use std::str::FromStr;

/// A day of the calendar; later days are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    year: i64,
    month: u32,
    day: u32,
}

/// The text is not a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a day of the form 2027-03-31")]
pub struct NotADay;

impl Day {
    /// The day of a moment, in seconds since 1970, at Greenwich.
    pub fn of(seconds: u64) -> Self {
        // Years are counted from March, so that a leap day is the last of its year; 719468 days lie
        // between the 1st of March of the year 0 and 1970, 146097 days make 400 years.
        let days = i64::try_from(seconds / 86_400).unwrap_or(i64::MAX - 719_468) + 719_468;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let number = |value: i64| u32::try_from(value).unwrap_or(1);
        Self { year: era * 400 + year + i64::from(month <= 2), month: number(month), day: number(day) }
    }
}

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part = parts.next().filter(|part| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()));
            part.and_then(|part| part.parse::<u32>().ok()).ok_or(NotADay)
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let longest = match month {
            2 => 28 + u32::from(is_leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return Err(NotADay),
        };
        let is_day = (1..=longest).contains(&day) && parts.next().is_none();
        if is_day { Ok(Self { year: year.into(), month, day }) } else { Err(NotADay) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
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
