//! Causes outside of the API: redirects, proxies, firewalls, web pages.
//!
//! Gateways answer unknown paths with their home page and status 200, web servers in front of them answer
//! with pages of their own, and firewalls and Wi-Fi portals answer instead of the gateway. These causes come
//! first, since words on a page say nothing about a key.

use crate::finding::Code;
use crate::gateway::case::Case;
use crate::gateway::signals::Shape;
use crate::gateway::words;

/// Words of firewalls and content networks that ordinary pages do not hold.
#[rustfmt::skip]
const FIREWALL: &[&str] = &[
    "cf-chl*", "_cf_chl*", "challenge-platform", "attention required! | cloudflare", "just a moment...",
    "cf-error-details", "error 1020", "error code: 1020", "error 1015", "error code: 1010", "error 1010",
    "web application firewall", "waf", "mod_security", "modsecurity", "sucuri", "incapsula", "imperva",
    "akamai", "aliyun_waf*", "acw_sc*", "errors.aliyun.com", "ddos", "captcha", "request has been blocked",
    "request was blocked", "you have been blocked", "the request is blocked",
    "access denied by security policy", "防火墙", "安全策略", "安全验证", "人机验证", "被拦截", "拦截",
    "攻击行为", "恶意请求", "创宇盾", "安全狗", "宝塔",
];

/// The words of a firewall page with status 200. Ordinary pages behind a firewall load its scripts and
/// offer captchas too, so fewer words count.
#[rustfmt::skip]
const FIREWALL_INSTEAD: &[&str] = &[
    "_cf_chl*", "just a moment...", "acw_sc*", "aliyun_waf*", "request has been blocked", "人机验证",
    "安全验证", "被拦截", "防火墙",
];

/// The words that only a firewall writes into JSON.
const FIREWALL_IN_JSON: &[&str] = &[
    "error 1020",
    "error 1010",
    "cloudflare",
    "web application firewall",
    "waf",
    "防火墙",
    "人机验证",
    "challenge-platform",
];

/// Words of a Wi-Fi login page.
#[rustfmt::skip]
const PORTAL: &[&str] = &[
    "captive portal", "captiveportal", "wi-fi login", "wifi login", "wlan login", "hotspot login",
    "wlanuserip", "wlanacname", "portal认证", "上网认证", "无线认证", "校园网", "wifidog",
    "login to the network", "网络登录", "认证上网",
];

/// What a server answers to plain http on its TLS port.
const PLAIN_TO_TLS: &[&str] = &[
    "plain http request was sent to https port",
    "sent an http request to an https server",
    "plain http to an ssl-enabled server",
    "http request to https port",
    "speaking plain http",
];

/// Redirects. A temporary one to another host is what a Wi-Fi login does.
pub(in crate::gateway) fn redirect(case: &Case) -> Option<Code> {
    if !(300..400).contains(&case.reply.status) {
        return None;
    }
    let elsewhere = target_host(case.reply.header("location").unwrap_or_default())
        .is_some_and(|host| !case.asked.base_host.is_empty() && !is_related_host(&host, case.asked.base_host));
    let is_temporary = matches!(case.reply.status, 302 | 303 | 307);
    Some(if elsewhere && is_temporary { Code::CaptivePortal } else { Code::Redirect })
}

/// Statuses of proxies and servers that need no words.
pub(in crate::gateway) fn on_the_way(case: &Case) -> Option<Code> {
    match case.reply.status {
        407 => Some(Code::ProxyAuth),
        511 => Some(Code::CaptivePortal),
        408 => Some(Code::ReadTimeout),
        497 => Some(Code::WrongScheme),
        _ => None,
    }
}

/// A web page, XML or a server's own plain text instead of JSON.
pub(in crate::gateway) fn page(case: &Case) -> Option<Code> {
    let signals = &case.signals;
    let status = case.reply.status;
    let words = if signals.shape == Shape::Html { words::plain(&signals.page) } else { String::new() };
    let text = |stems: &[&str]| words::any(&words, stems) || signals.any(stems);
    if matches!(status, 400 | 426) && text(PLAIN_TO_TLS) {
        return Some(Code::WrongScheme);
    }
    let firewall = match signals.shape {
        Shape::Html if case.reply.is_success() => text(FIREWALL_INSTEAD),
        Shape::Html => {
            text(FIREWALL) || signals.page.contains("cf-error") || signals.page.contains("challenge-platform")
        }
        Shape::Plain => text(FIREWALL),
        Shape::Json => signals.any(FIREWALL_IN_JSON),
        Shape::Events | Shape::Empty => false,
    };
    if firewall && matches!(status, 200 | 202 | 403 | 405 | 406 | 409 | 418 | 429 | 493 | 503) && !says_rate_limit(case)
    {
        return Some(Code::WafBlock);
    }
    if case.reply.header("cf-mitigated").is_some() {
        return Some(Code::WafBlock);
    }
    match (signals.shape, status) {
        (Shape::Html, 200..300) if text(PORTAL) => Some(Code::CaptivePortal),
        (Shape::Html, 200..300) => Some(Code::HtmlPage),
        (Shape::Html, 401) => None,
        (Shape::Html, 402) => Some(Code::QuotaExhausted),
        (Shape::Html, 403 | 451) => Some(Code::WafBlock),
        (Shape::Html, 404 | 405 | 410 | 501) => Some(Code::WrongBaseUrl),
        (Shape::Html, 429) => Some(Code::RateLimited),
        (Shape::Html, 400..=499) => Some(Code::BadRequest),
        (Shape::Html | Shape::Empty, 502..505 | 520..531) => Some(Code::GatewayDown),
        (Shape::Html, _) => Some(Code::UpstreamError),
        _ => None,
    }
}

/// A plain text of a web server or a load balancer, when no other cause fits its words.
pub(in crate::gateway) fn server_text(case: &Case) -> Option<Code> {
    let is_down = matches!(case.reply.status, 502..505 | 520..531);
    (case.signals.shape == Shape::Plain && is_down).then_some(Code::GatewayDown)
}

fn says_rate_limit(case: &Case) -> bool {
    case.reply.status == 429
        && !words::any(&words::plain(&case.signals.page), &["just a moment...", "challenge-platform"])
}

fn target_host(location: &str) -> Option<String> {
    let rest = location.strip_prefix("//").or_else(|| location.split_once("://").map(|(_, rest)| rest))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or_default() };
    Some(host.to_ascii_lowercase())
}

/// True for the same host, or one of the same domain (`www.example.com` and `api.example.com`).
fn is_related_host(host: &str, base: &str) -> bool {
    let base = base.to_ascii_lowercase();
    let base = if base.starts_with('[') { base.as_str() } else { base.split(':').next().unwrap_or_default() };
    let parent = |name: &str| name.split('.').rev().take(2).collect::<Vec<_>>().join(".");
    let is_name = host.contains(|c: char| c.is_ascii_alphabetic()) && host.contains('.');
    host == base || (is_name && parent(host) == parent(base))
}

#[cfg(test)]
mod tests {
    use crate::finding::Code;
    use crate::gateway::classify::tests::check;
    use crate::gateway::reply::Reply;

    #[test]
    fn redirects() {
        let to = |status, location: &str| Reply::new(status, [("location", location)], "");
        check(&to(301, "https://gw.example.com/claude/"), Code::Redirect);
        check(&to(308, "https://www.example.com/"), Code::Redirect);
        check(&to(302, "http://login.hotel.test/?a=b"), Code::CaptivePortal);
        check(&to(302, "/login"), Code::Redirect);
    }

    #[test]
    fn pages() {
        let page = |status, body: &str| Reply::new(status, [("content-type", "text/html")], body);
        check(&page(200, "<!doctype html><title>Home</title>"), Code::HtmlPage);
        check(&page(200, "<html><script>var _cf_chl_opt={};</script>Just a moment...</html>"), Code::WafBlock);
        check(&page(200, "<html><title>WiFi Login</title></html>"), Code::CaptivePortal);
        check(&page(403, "<html>Attention Required! | Cloudflare</html>"), Code::WafBlock);
        check(
            &page(
                405,
                "<html>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。errors.aliyun.com</html>",
            ),
            Code::WafBlock,
        );
        check(&page(404, "<html><h1>404 Not Found</h1><center>nginx</center></html>"), Code::WrongBaseUrl);
        check(&page(522, "<html>Connection timed out</html>"), Code::GatewayDown);
        check(&page(400, "<html>The plain HTTP request was sent to HTTPS port</html>"), Code::WrongScheme);
        check(&page(413, "<html>413 Request Entity Too Large</html>"), Code::BadRequest);
        check(&page(500, "<html>500 Internal Server Error</html>"), Code::UpstreamError);
    }

    #[test]
    fn plain_texts() {
        let text = |status, body: &str| Reply::new(status, [("content-type", "text/plain")], body);
        check(&text(400, "Client sent an HTTP request to an HTTPS server.\n"), Code::WrongScheme);
        check(&text(403, "error code: 1020"), Code::WafBlock);
        check(&text(503, "no healthy upstream"), Code::GatewayDown);
        check(&text(503, "upstream connect error or disconnect/reset before headers"), Code::GatewayDown);
        check(&text(502, ""), Code::GatewayDown);
        check(&text(404, "404 page not found"), Code::WrongBaseUrl);
        check(&text(511, "<html></html>"), Code::CaptivePortal);
        check(&text(407, "<html></html>"), Code::ProxyAuth);
        check(&text(408, ""), Code::ReadTimeout);
    }
}
