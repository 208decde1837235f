//! The hosts that Claude's own tools may reach (`coworkEgressAllowedHosts`). Unset, it is the gateway and
//! nothing else (OD). This program leaves it unset unless the person chooses more.

use std::net::IpAddr;

use crate::finding::{Code, Finding};

/// Every host.
pub const EVERYWHERE: &str = "*";

/// Reads the hosts that were given, each once; `None` where none were given.
///
/// # Errors
/// `HostInvalid` with the first one that Claude does not accept.
pub fn hosts(typed: Option<&[String]>) -> Result<Option<Vec<String>>, Finding> {
    let Some(typed) = typed else { return Ok(None) };
    let mut hosts: Vec<String> = Vec::new();
    for host in typed {
        let pattern = host_pattern(host)
            .ok_or_else(|| Finding::new(Code::HostInvalid).with("host", crate::secret::masked(host)))?;
        if !hosts.contains(&pattern) {
            hosts.push(pattern);
        }
    }
    Ok(Some(hosts))
}

/// A host in the form that Claude accepts: exact, or `*.` and a domain, or [`EVERYWHERE`] (OD), in lower case
/// and without spaces. `None` when it is not one. A port is refused: older versions drop the whole list for
/// one such entry (OD).
pub fn host_pattern(typed: &str) -> Option<String> {
    let host = typed.trim().to_lowercase();
    if host == EVERYWHERE {
        return Some(host);
    }
    let name = host.strip_prefix("*.").unwrap_or(&host);
    let is_label = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=63).contains(&label.len()) && label.bytes().all(inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_name = name.len() <= 253 && name.contains('.') && name.split('.').all(is_label);
    let is_address = name.parse::<IpAddr>().is_ok_and(|address| address.is_ipv4()) && name == host;
    let ends_in_letters = name.rsplit('.').next().is_some_and(|last| !last.bytes().all(|byte| byte.is_ascii_digit()));
    (is_address || (is_name && ends_in_letters)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &str, expected: Option<&str>) {
        assert_eq!(host_pattern(typed).as_deref(), expected, "{typed:?}");
    }

    #[test]
    fn only_hosts_that_every_claude_takes_are_let_through() {
        check(" PyPI.org ", Some("pypi.org"));
        check("*.example.com", Some("*.example.com"));
        check("*", Some("*"));
        check("192.0.2.7", Some("192.0.2.7"));
        for refused in
            ["", "pypi.org:443", "https://pypi.org", "a.*.b", "*.", "-a.example", "localhost", "1.2.3.999", "例.com"]
        {
            check(refused, None);
        }
    }
}
