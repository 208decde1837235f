//! Counts violations by rule, because one cause fails many cells. `AIROUTER_EXAMPLES` is the number of examples to
//! print for each rule and place (default: one).

use std::collections::BTreeMap;

use crate::rules::Violation;

/// Violations, by rule and place.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) cells: usize,
    pub(crate) red: usize,
    most: usize,
    violations: BTreeMap<(&'static str, String), (usize, Vec<String>)>,
}

impl Tally {
    pub(crate) fn new() -> Self {
        let most = std::env::var("AIROUTER_EXAMPLES").map_or(1, |number| number.parse().unwrap());
        Self { cells: 0, red: 0, most, violations: BTreeMap::new() }
    }

    /// Adds the result of a cell.
    pub(crate) fn add(&mut self, place: &str, trace: impl Fn() -> String, violations: &[Violation]) {
        self.cells += 1;
        self.red += usize::from(!violations.is_empty());
        for Violation { rule, detail } in violations {
            let (count, examples) = self.violations.entry((rule, place.to_owned())).or_default();
            *count += 1;
            if examples.len() < self.most {
                examples.push(format!("{}\n        {detail}", trace()));
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.cells += other.cells;
        self.red += other.red;
        for (place, (more, examples)) in other.violations {
            let (count, known) = self.violations.entry(place).or_default();
            *count += more;
            known.extend(examples);
            known.truncate(self.most);
        }
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }

    /// One paragraph per rule and place.
    pub(crate) fn text(&self) -> String {
        /// Maximum length of an example, in characters.
        const MOST: usize = 900;
        let lines = self.violations.iter().map(|((rule, place), (count, examples))| {
            let examples: String = examples
                .iter()
                .map(|example| format!("\n    e.g. {}", example.chars().take(MOST).collect::<String>()))
                .collect();
            format!("* {rule} · {place} · {count}{examples}")
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}
