//! The models on offer, and the model list in the two shapes relays give it.
//!
//! The ids are data in one place: dated ids as Anthropic names them, two a tier, because Claude's
//! sub-agents ask for dated haiku and sonnet ids. Relays do not page their lists, so `limit` is ignored,
//! save for the scenario that rehearses paging.

use serde_json::{Value, json};

use super::Fault;

/// Claude models: id, name to show, day of release.
pub const CLAUDE_MODELS: &[(&str, &str, &str)] = &[
    ("claude-sonnet-4-5-20250929", "Claude Sonnet 4.5", "2025-09-29"),
    ("claude-sonnet-4-20250514", "Claude Sonnet 4", "2025-05-14"),
    ("claude-opus-4-5-20251101", "Claude Opus 4.5", "2025-11-01"),
    ("claude-opus-4-1-20250805", "Claude Opus 4.1", "2025-08-05"),
    ("claude-haiku-4-5-20251001", "Claude Haiku 4.5", "2025-10-01"),
    ("claude-3-5-haiku-20241022", "Claude Haiku 3.5", "2024-10-22"),
];

/// Ids of other makers, which relays list beside Claude's. Two of them look like Claude's at first sight.
pub const OTHER_MODELS: &[&str] = &[
    "gpt-5.1",
    "gemini-3-pro-preview",
    "claude-deepseek-v3.2",
    "deepseek-claude-4",
    "qwen3-max",
    "text-embedding-3-large",
];

const MANY: usize = 10_000;
const PAGED: usize = 50;
const PAGE: usize = 20;

/// The list under `/claude/v1/models`.
pub(super) fn anthropic_list(fault: Fault, limit: Option<usize>, after: Option<&str>) -> Value {
    if fault == Fault::Empty {
        return json!({ "data": null });
    }
    let all = offered(fault);
    if fault != Fault::Paged {
        return page(&all, false);
    }
    let start = after.and_then(|id| all.iter().position(|model| model.id == id)).map_or(0, |found| found + 1);
    let end = all.len().min(start + limit.unwrap_or(PAGE).clamp(1, PAGE));
    page(&all[start..end], end < all.len())
}

/// The list at the root of the host, for clients of another protocol.
pub(super) fn openai_list(fault: Fault) -> Value {
    let rows: Vec<Value> = offered(fault)
        .into_iter()
        .map(|model| json!({ "id": model.id, "object": "model", "created": 1_762_000_000, "owned_by": "claude" }))
        .collect();
    json!({ "object": "list", "data": rows, "success": true })
}

/// Whether a message to this model finds a channel.
pub(super) fn serves(fault: Fault, id: &str) -> bool {
    offered(fault).iter().any(|model| model.id == id)
}

struct Model {
    id: String,
    name: String,
    day: String,
}

fn offered(fault: Fault) -> Vec<Model> {
    let named = |id: &str, name: &str, day: &str| Model { id: id.into(), name: name.into(), day: day.into() };
    let mut models: Vec<Model> = CLAUDE_MODELS.iter().map(|(id, name, day)| named(id, name, day)).collect();
    match fault {
        Fault::Mixed => {
            for (place, id) in OTHER_MODELS.iter().enumerate() {
                models.insert(place * 2, named(id, id, "2025-11-18"));
            }
        }
        Fault::Many => fill(&mut models, MANY),
        Fault::Paged => fill(&mut models, PAGED),
        _ => {}
    }
    models
}

/// Adds ids as a relay with numbered channels lists them.
fn fill(models: &mut Vec<Model>, wanted: usize) {
    for number in models.len()..wanted {
        models.push(Model {
            id: format!("claude-sonnet-4-5-channel-{number:05}"),
            name: format!("Claude Sonnet 4.5 (channel {number})"),
            day: "2025-09-29".into(),
        });
    }
}

fn page(models: &[Model], more: bool) -> Value {
    let rows: Vec<Value> = models
        .iter()
        .map(|model| {
            json!({
                "type": "model",
                "id": model.id,
                "display_name": model.name,
                "created_at": format!("{}T00:00:00Z", model.day),
            })
        })
        .collect();
    json!({
        "data": rows,
        "has_more": more,
        "first_id": models.first().map(|model| &model.id),
        "last_id": models.last().map(|model| &model.id),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(list: &Value) -> Vec<&str> {
        list["data"].as_array().expect("a list").iter().filter_map(|row| row["id"].as_str()).collect()
    }

    #[track_caller]
    fn check(fault: Fault, expected: usize) {
        assert_eq!(ids(&anthropic_list(fault, Some(1000), None)).len(), expected, "{fault:?}");
    }

    #[test]
    fn each_scenario_has_its_list() {
        check(Fault::Ok, CLAUDE_MODELS.len());
        check(Fault::Mixed, CLAUDE_MODELS.len() + OTHER_MODELS.len());
        check(Fault::Many, MANY);
        check(Fault::Paged, PAGE);
        assert_eq!(anthropic_list(Fault::Empty, None, None), json!({ "data": null }));
    }

    #[test]
    fn following_the_pages_finds_every_model_once() {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let list = anthropic_list(Fault::Paged, None, after.as_deref());
            found.extend(ids(&list).into_iter().map(str::to_owned));
            if list["has_more"] == false {
                break;
            }
            after = list["last_id"].as_str().map(str::to_owned);
        }
        found.sort();
        found.dedup();
        assert_eq!(found.len(), PAGED);
    }
}
