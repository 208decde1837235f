//! What went wrong, gathered by rule: one cause turns many cells red. `AIROUTER_EXAMPLES` says how many
//! examples are printed for each rule and place; one is usual.

use std::collections::BTreeMap;

use crate::rules::Broken;

/// Broken rules, by rule and place.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) cells: usize,
    pub(crate) red: usize,
    most: usize,
    broken: BTreeMap<(&'static str, String), (usize, Vec<String>)>,
}

impl Tally {
    pub(crate) fn new() -> Self {
        let most = std::env::var("AIROUTER_EXAMPLES").map_or(1, |number| number.parse().unwrap());
        Self { cells: 0, red: 0, most, broken: BTreeMap::new() }
    }

    /// A cell was judged.
    pub(crate) fn add(&mut self, place: &str, trace: impl Fn() -> String, broken: &[Broken]) {
        self.cells += 1;
        self.red += usize::from(!broken.is_empty());
        for Broken { rule, detail } in broken {
            let (count, examples) = self.broken.entry((rule, place.to_owned())).or_default();
            *count += 1;
            if examples.len() < self.most {
                examples.push(format!("{}\n        {detail}", trace()));
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.cells += other.cells;
        self.red += other.red;
        for (place, (more, examples)) in other.broken {
            let (count, known) = self.broken.entry(place).or_default();
            *count += more;
            known.extend(examples);
            known.truncate(self.most);
        }
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.broken.is_empty()
    }

    /// One paragraph a rule and place.
    pub(crate) fn text(&self) -> String {
        /// Of one example so much is shown.
        const MOST: usize = 900;
        let lines = self.broken.iter().map(|((rule, place), (count, examples))| {
            let examples: String = examples
                .iter()
                .map(|example| format!("\n    e.g. {}", example.chars().take(MOST).collect::<String>()))
                .collect();
            format!("* {rule} · {place} · {count}{examples}")
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}
