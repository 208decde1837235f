//! Corrects paths: removes what Claude adds by itself and repetitions, and adds what the gateway needs.

use super::AddressChange;

/// Paths that Claude or other programs add by themselves, the longest first.
const ADDED: [&str; 13] = [
    "/v1/messages/count_tokens",
    "/v1/messages/batches",
    "/messages/count_tokens",
    "/v1/chat/completions",
    "/chat/completions",
    "/v1/completions",
    "/v1/embeddings",
    "/v1/responses",
    "/v1/messages",
    "/v1/models",
    "/messages",
    "/models",
    "/v1",
];

/// The corrected path. `wanted` is the one that this host needs, if it is known.
pub(super) fn repaired(typed: &str, wanted: Option<&str>, changes: &mut Vec<AddressChange>) -> String {
    let mut path = merged(typed);
    let end = path.trim_end_matches('/').len();
    if path.len() != typed.len() && typed.trim_end_matches('/').contains("//") {
        changes.push(AddressChange::SlashesMerged);
    }
    if end != path.len() && typed != "/" {
        changes.push(AddressChange::SlashRemoved);
    }
    path.truncate(end);
    while let Some(start) = added(&path).or_else(|| repeated(&path)).or_else(|| punctuation(&path)) {
        let removed = path.split_off(start);
        path.truncate(path.trim_end_matches('/').len());
        changes.push(AddressChange::PathRemoved { path: removed });
    }
    if let Some(wanted) = wanted.filter(|wanted| path != *wanted) {
        let is_begun = wanted.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('/'));
        if !path.is_empty() && !is_begun {
            changes.push(AddressChange::PathRemoved { path });
        }
        if !wanted.is_empty() {
            changes.push(AddressChange::PathAdded { path: wanted.to_owned() });
        }
        path = wanted.to_owned();
    }
    path
}

fn merged(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        if c != '/' || !out.ends_with('/') {
            out.push(c);
        }
    }
    out
}

/// Where the part begins that programs add.
fn added(path: &str) -> Option<usize> {
    let lower = path.to_ascii_lowercase();
    ADDED.iter().find(|added| lower.ends_with(*added)).map(|added| path.len() - added.len())
}

/// Where the end begins that repeats what stands before it: `/claude/claude`, `/claude/v1/claude`.
fn repeated(path: &str) -> Option<usize> {
    let starts: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
    // Only a few parts are tried: people type no more.
    starts
        .iter()
        .rev()
        .take(8)
        .copied()
        .find(|&start| {
            let (before, end) = path.split_at(start);
            before.ends_with(end) || before.strip_suffix("/v1").is_some_and(|before| before.ends_with(end))
        })
        .map(
            |start| if path[..start].ends_with("/v1") && !path[start..].starts_with("/v1") { start - 3 } else { start },
        )
}

/// Where punctuation of a sentence begins at the end.
fn punctuation(path: &str) -> Option<usize> {
    let end = path.trim_end_matches(['.', ':', '!', '*', '=', ']']).len();
    (end < path.len()).then_some(end)
}
