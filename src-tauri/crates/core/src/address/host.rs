//! Detects hosts that look like the preset's and are not.
//!
//! A key is sent to whatever host is in the address. Letters of other alphabets, digits instead of letters,
//! the real name as a part of another one and typing errors all lead to a host of another owner, so they are
//! refused and never repaired: that owner is unknown.

use unicode_security::skeleton;

/// Shorter names are too common to be searched for within others.
const LONG_ENOUGH: usize = 8;

/// Why a host looks like the preset's but is not; `None` for all others.
pub(super) fn pretends(host: &str, real: &str) -> Option<&'static str> {
    let (host, real) = (without_port(host), without_port(real));
    let is_name = real.contains('.') && real.contains(|c: char| c.is_ascii_alphabetic()) && !real.starts_with('[');
    if !is_name || host == real {
        return None;
    }
    let (shown, _) = idna::domain_to_unicode(host);
    let look = look_of(&shown);
    if look == look_of(real) {
        return Some("look-alike");
    }
    let owner = owner_of(real);
    if host == owner || host.strip_suffix(owner).is_some_and(|rest| rest.ends_with('.')) {
        return None;
    }
    let name = owner.split('.').next().unwrap_or_default();
    if look.ends_with(&look_of(&format!(".{owner}"))) || look == look_of(owner) {
        Some("look-alike")
    } else if host.starts_with(&format!("{real}."))
        || (name.len() >= LONG_ENOUGH && joined(&look).contains(&joined(&look_of(name))))
    {
        Some("borrowed-name")
    } else if name.len() >= LONG_ENOUGH
        && (is_near(owner_of(host).split('.').next().unwrap_or_default(), name) || is_near(host, real))
    {
        Some("misspelt-host")
    } else {
        None
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The visible form: letters that look the same become one (Unicode TR 39).
fn look_of(host: &str) -> String {
    skeleton(&host.to_lowercase()).collect::<String>().to_lowercase()
}

fn joined(host: &str) -> String {
    host.chars().filter(|c| !matches!(c, '.' | '-' | '_')).collect()
}

/// The registrable name: the last two labels, or three under `com.cn` and the like.
pub(super) fn owner_of(host: &str) -> &str {
    let labels: Vec<&str> = host.split('.').collect();
    let is_double = matches!(labels.as_slice(), [.., second, last] if last.len() == 2
        && matches!(*second, "com" | "net" | "org" | "edu" | "gov" | "co" | "ac"));
    let count = if is_double { 3 } else { 2 };
    let kept = labels.iter().rev().take(count).map(|label| label.len() + 1).sum::<usize>();
    &host[(host.len() + 1).saturating_sub(kept)..]
}

/// True when one or two letters were added, left out or changed.
fn is_near(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len().abs_diff(other.len()) > 2 {
        return false;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.iter().enumerate() {
        let mut corner = row[0];
        row[0] = place + 1;
        for at in 0..other.len() {
            let changed = corner + usize::from(letter != &other[at]);
            corner = row[at + 1];
            row[at + 1] = changed.min(row[at] + 1).min(corner + 1);
        }
    }
    row[other.len()] <= 2
}
