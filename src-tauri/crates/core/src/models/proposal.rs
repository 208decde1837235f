//! The models to propose: the newest of each everyday family, Sonnet first, because it is Claude's own
//! default, and a Haiku with it, because Claude uses one for titles and side tasks (PI). Long lists are a
//! problem, so the rest is left out unless the person selects it.

use super::{OfferedModel, Tier, judge_id, tier_of};
use crate::claude::version::Version;
use crate::gateway::RawModel;

/// The most models that are proposed at once.
const PROPOSED_TIERS: [Tier; 3] = [Tier::Sonnet, Tier::Opus, Tier::Haiku];

/// The gateway's list with Claude's verdict on each, in the gateway's order.
pub fn offer(listed: &[RawModel], claude: Option<Version>) -> Vec<OfferedModel> {
    listed
        .iter()
        .map(|model| OfferedModel {
            id: model.id.clone(),
            display_name: model.display_name.clone().filter(|name| *name != model.id && !name.trim().is_empty()),
            tier: tier_of(&model.id),
            dropped: judge_id(&model.id, claude),
        })
        .collect()
}

/// The proposed ids, the default first: the newest of each everyday family; if there is
/// none of those, the first usable one.
pub fn propose(offered: &[OfferedModel]) -> Vec<String> {
    let newest = |tier: Tier| {
        offered
            .iter()
            .filter(|model| model.dropped.is_none() && model.tier == Some(tier))
            .max_by(|a, b| age_key(&a.id).cmp(&age_key(&b.id)))
            .map(|model| model.id.clone())
    };
    let proposed: Vec<String> = PROPOSED_TIERS.into_iter().filter_map(newest).collect();
    if proposed.is_empty() {
        offered.iter().find(|model| model.dropped.is_none()).map(|model| model.id.clone()).into_iter().collect()
    } else {
        proposed
    }
}

/// The numbers in an id, as generations compare: `claude-sonnet-4-6` is newer than
/// `claude-3-7-sonnet-20250219`. A date (six digits or more) is compared last.
fn age_key(id: &str) -> (Vec<u64>, u64) {
    let numbers = id.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty() && part.len() <= 12);
    let (dates, generation): (Vec<&str>, Vec<&str>) = numbers.partition(|part| part.len() >= 6);
    let number = |text: &&str| text.parse().unwrap_or(0);
    (generation.iter().map(number).collect(), dates.iter().map(number).max().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ids: &[&str], expected: &[&str]) {
        let offered: Vec<OfferedModel> = ids
            .iter()
            .map(|id| OfferedModel {
                id: (*id).to_owned(),
                display_name: None,
                tier: tier_of(id),
                dropped: judge_id(id, None),
            })
            .collect();
        assert_eq!(propose(&offered), expected, "{ids:?}");
    }

    #[test]
    fn the_newest_of_each_family_is_proposed() {
        check(
            &[
                "claude-3-7-sonnet-20250219",
                "claude-haiku-4-5-20251001",
                "claude-sonnet-4-6",
                "claude-opus-4-8",
                "claude-opus-5",
            ],
            &["claude-sonnet-4-6", "claude-opus-5", "claude-haiku-4-5-20251001"],
        );
        check(&["claude-sonnet-4-20250514", "claude-sonnet-4-5-20250929"], &["claude-sonnet-4-5-20250929"]);
        check(&["claude-sonnet-4-9", "claude-sonnet-4-10"], &["claude-sonnet-4-10"]);
    }

    #[test]
    fn what_claude_drops_is_never_proposed() {
        check(&["gpt-5", "claude-deepseek-sonnet-9"], &[]);
        check(&["gpt-5", "claude-next"], &["claude-next"]);
    }
}
