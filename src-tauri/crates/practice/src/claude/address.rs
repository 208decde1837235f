//! The gateway's address.
//!
//! The app trims it, puts `https://` before a bare host, and appends `/v1/messages` and `/v1/models` as
//! they are. Whether it strips a `/v1` or a slash that is already there is unknown, and `localhost` does
//! not always pass (PI); so all three are refused here.

use url::{Host, Url};

use super::refusal::AddressFault;

/// The address to put `/v1/…` after.
pub(super) fn parse(text: Option<&str>) -> Result<String, AddressFault> {
    let text = text.map(str::trim).filter(|text| !text.is_empty()).ok_or(AddressFault::Missing)?;
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&whole).map_err(|_| AddressFault::Unreadable)?;
    let spaced = whole.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    if spaced || url.host().is_none() || url.query().is_some() || url.fragment().is_some() {
        return Err(AddressFault::Unreadable);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressFault::UserInfo);
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        _ => return Err(AddressFault::NotSecure),
    }
    if whole.ends_with('/') {
        return Err(AddressFault::TrailingSlash);
    }
    if url.path().ends_with("/v1") || url.path().contains("/v1/") {
        return Err(AddressFault::Version);
    }
    Ok(whole)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address == std::net::Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == std::net::Ipv6Addr::LOCALHOST,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, AddressFault>) {
        assert_eq!(parse(Some(text)).as_deref(), expected.as_ref().map(|text| *text), "{text}");
    }

    #[test]
    fn a_root_over_https_or_on_loopback_is_taken() {
        check("https://gateway.example/claude", Ok("https://gateway.example/claude"));
        check("  https://gateway.example  ", Ok("https://gateway.example"));
        check("gateway.example/claude", Ok("https://gateway.example/claude"));
        check("http://127.0.0.1:3000/claude", Ok("http://127.0.0.1:3000/claude"));
        check("http://[::1]:3000", Ok("http://[::1]:3000"));
    }

    #[test]
    fn everything_that_might_not_work_is_refused() {
        check("  ", Err(AddressFault::Missing));
        assert_eq!(parse(None), Err(AddressFault::Missing));
        check("https://", Err(AddressFault::Unreadable));
        check("https://gateway.example/cla ude", Err(AddressFault::Unreadable));
        check("https://gateway.example/claude?a=1", Err(AddressFault::Unreadable));
        check("http://gateway.example", Err(AddressFault::NotSecure));
        check("http://192.168.1.5/claude", Err(AddressFault::NotSecure));
        check("http://127.0.0.2", Err(AddressFault::NotSecure));
        check("http://localhost:3000", Err(AddressFault::NotSecure));
        check("ftp://gateway.example", Err(AddressFault::NotSecure));
        check("https://me:secret@gateway.example", Err(AddressFault::UserInfo));
        check("https://gateway.example/claude/", Err(AddressFault::TrailingSlash));
        check("https://gateway.example/claude/v1", Err(AddressFault::Version));
        check("https://gateway.example/claude/v1/messages", Err(AddressFault::Version));
    }
}
