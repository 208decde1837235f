//! What went wrong, gathered by rule: one cause turns many cells red.

use std::collections::BTreeMap;

use crate::rules::Broken;

/// Broken rules, by rule and place, each with how often and the first example.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) cells: usize,
    pub(crate) red: usize,
    broken: BTreeMap<(&'static str, String), (usize, String)>,
}

impl Tally {
    /// A cell was judged.
    pub(crate) fn add(&mut self, place: &str, trace: impl Fn() -> String, broken: &[Broken]) {
        self.cells += 1;
        self.red += usize::from(!broken.is_empty());
        for Broken { rule, detail } in broken {
            let known = self.broken.entry((rule, place.to_owned())).or_default();
            if known.0 == 0 {
                known.1 = format!("{}\n        {detail}", trace());
            }
            known.0 += 1;
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.cells += other.cells;
        self.red += other.red;
        for (place, (count, example)) in other.broken {
            let known = self.broken.entry(place).or_default();
            if known.0 == 0 {
                known.1 = example;
            }
            known.0 += count;
        }
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.broken.is_empty()
    }

    /// One paragraph a rule and place.
    pub(crate) fn text(&self) -> String {
        let lines = self.broken.iter().map(|((rule, place), (count, example))| {
            let example: String = example.chars().take(900).collect();
            format!("* {rule} · {place} · {count}\n    e.g. {example}")
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}
