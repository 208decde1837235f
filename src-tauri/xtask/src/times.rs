//! How long each part took: said at its end, and once more in a table at the very end.

use std::time::{Duration, Instant};

use anyhow::Result;

/// The parts so far.
pub(crate) struct Times {
    begun: Instant,
    parts: Vec<(String, Duration, bool)>,
}

impl Times {
    pub(crate) fn begin() -> Self {
        Self { begun: Instant::now(), parts: Vec::new() }
    }

    /// Runs a part and says how long it took.
    ///
    /// # Errors
    /// Those of the part; its time is noted all the same.
    pub(crate) fn part(&mut self, name: &str, run: impl FnOnce() -> Result<()>) -> Result<()> {
        let begun = Instant::now();
        let ended = run();
        let took = begun.elapsed();
        eprintln!("\n── {name} {}{}", spoken(took), if ended.is_ok() { "" } else { ", failed" });
        self.parts.push((name.to_owned(), took, ended.is_ok()));
        ended
    }

    /// Prints the table.
    pub(crate) fn print(&self) {
        eprintln!("\n── times\n{}", table(&self.parts, self.begun.elapsed()));
    }
}

fn table(parts: &[(String, Duration, bool)], all: Duration) -> String {
    let width = parts.iter().map(|(name, ..)| name.len()).max().unwrap_or_default().max("all".len());
    let row = |name: &str, took: Duration, is_well: bool| {
        format!("   {name:width$} {:>12}{}", spoken(took), if is_well { "" } else { "  failed" })
    };
    let rows = parts.iter().map(|(name, took, is_well)| row(name, *took, *is_well));
    rows.chain([row("all", all, parts.iter().all(|(.., is_well)| *is_well))]).collect::<Vec<_>>().join("\n")
}

/// `3 min 12 s`; without the minutes where there are none.
pub(crate) fn spoken(time: Duration) -> String {
    let seconds = (time.as_millis() + 500) / 1000;
    let (minutes, rest) = (seconds / 60, seconds % 60);
    if minutes == 0 { format!("{rest} s") } else { format!("{minutes} min {rest} s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_minutes_and_seconds() {
        for (milliseconds, expected) in [(0, "0 s"), (59_400, "59 s"), (59_600, "1 min 0 s"), (192_000, "3 min 12 s")] {
            assert_eq!(spoken(Duration::from_millis(milliseconds)), expected);
        }
    }

    #[test]
    fn the_table_has_each_part_and_the_whole() {
        let parts =
            [("page".to_owned(), Duration::from_secs(192), true), ("e2e".to_owned(), Duration::from_secs(9), false)];
        let expected = "   page   3 min 12 s\n   e2e           9 s  failed\n   all    3 min 25 s  failed";
        assert_eq!(table(&parts, Duration::from_secs(205)), expected);
    }
}
