//! The practice gateway over a real socket: what each scenario answers to the list and to a message.

use std::time::Duration;

use airouter_practice::gateway::{
    AcceptedAuth, AuthSeen, CLAUDE_MODELS, Fault, Gateway, GatewayOptions, OTHER_MODELS, preset_json, start,
};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

async fn gateway() -> Gateway {
    start(GatewayOptions { slow_by: Duration::from_millis(20), ..GatewayOptions::default() })
        .await
        .expect("a free port")
}

fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().expect("a client")
}

fn ask(gateway: &Gateway, method: Method, path: &str) -> RequestBuilder {
    client().request(method, format!("{}{path}", gateway.base_url())).header("anthropic-version", "2023-06-01")
}

fn list(gateway: &Gateway, key: &str) -> RequestBuilder {
    ask(gateway, Method::GET, "/v1/models?limit=1000").bearer_auth(key)
}

fn message(gateway: &Gateway, key: &str, more: Value) -> RequestBuilder {
    let mut body = json!({ "model": CLAUDE_MODELS[0].0, "max_tokens": 64,
        "messages": [{ "role": "user", "content": "hello" }] });
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    ask(gateway, Method::POST, "/v1/messages?beta=true").bearer_auth(key).json(&body)
}

async fn sent(request: RequestBuilder) -> (u16, String) {
    let response: Response = request.send().await.expect("a reply");
    (response.status().as_u16(), response.text().await.expect("a text"))
}

/// One scenario: status and a fragment of the list, status and a fragment of a message.
async fn check(fault: Fault, on_list: (u16, &str), on_message: (u16, &str)) {
    let gateway = gateway().await;
    let key = fault.example_key();
    for (request, expected) in [(list(&gateway, &key), on_list), (message(&gateway, &key, json!({})), on_message)] {
        let (status, body) = sent(request).await;
        assert_eq!(status, expected.0, "{fault:?}: {body}");
        assert!(body.contains(expected.1), "{fault:?}: {body}");
        assert!(!body.contains(&key), "{fault:?} shows the key");
    }
}

const FINE: (u16, &str) = (200, "\"type\":\"m");

#[tokio::test]
async fn a_good_key_is_served() {
    check(Fault::Ok, (200, "\"has_more\":false"), (200, "\"stop_reason\":\"end_turn\"")).await;
    check(Fault::Slow, FINE, FINE).await;
}

#[tokio::test]
async fn a_refused_key_is_refused_everywhere() {
    let both = |status, text| async move { check(Fault::named(text).expect("a name"), status, status).await };
    both((401, "无效的令牌"), "rejected").await;
    both((401, "令牌已过期"), "expired").await;
    both((401, "令牌状态不可用"), "disabled").await;
    both((403, "用户已被封禁"), "banned").await;
    both((403, "IP 不在"), "ip").await;
    both((403, "无权访问 claude 分组"), "group").await;
}

#[tokio::test]
async fn a_message_may_be_refused_although_the_list_is_fine() {
    check(Fault::NoBalance, FINE, (403, "用户额度不足")).await;
    check(Fault::NoBalance429, FINE, (429, "\"type\":\"insufficient_user_quota\"")).await;
    check(Fault::Payment, FINE, (402, "user quota is not enough")).await;
    check(Fault::Model, FINE, (403, "该令牌无权访问模型")).await;
    check(Fault::NoChannel, FINE, (503, "无可用渠道")).await;
    check(Fault::Overloaded, FINE, (529, "overloaded_error")).await;
    check(Fault::RateLimited, FINE, (429, "您已达到请求数限制")).await;
    check(Fault::Upstream, FINE, (401, "invalid x-api-key")).await;
}

#[tokio::test]
async fn a_list_may_be_unusable_although_messages_work() {
    check(Fault::Empty, (200, "{\"data\":null}"), FINE).await;
    check(Fault::NoList, (404, "not found"), FINE).await;
    check(Fault::Mixed, (200, OTHER_MODELS[0]), FINE).await;
    check(Fault::Many, (200, "channel-09999"), FINE).await;
    check(Fault::Paged, (200, "\"has_more\":true"), FINE).await;
}

#[tokio::test]
async fn a_200_may_mean_nothing() {
    check(Fault::Html, (200, "<html"), (200, "<html")).await;
    check(Fault::BadlyShaped, (200, "\"data\":\"ok\""), (200, "\"data\":\"ok\"")).await;
    check(Fault::Redirect, (302, ""), (302, "")).await;
    check(Fault::Captive, (302, ""), (302, "")).await;
}

#[tokio::test]
async fn a_limited_key_hears_when_to_come_back() {
    let gateway = gateway().await;
    let reply = message(&gateway, &Fault::RateLimited.example_key(), json!({})).send().await.expect("a reply");
    assert_eq!(reply.headers()["retry-after"], "27");
    let reply = list(&gateway, &Fault::Captive.example_key()).send().await.expect("a reply");
    assert!(reply.headers()["location"].to_str().expect("text").starts_with("http://portal."));
}

#[tokio::test]
async fn a_key_goes_into_exactly_one_header() {
    let gateway = gateway().await;
    let key = Fault::Ok.example_key();
    let plain = || ask(&gateway, Method::GET, "/v1/models");
    assert_eq!(sent(plain().header("x-api-key", &key)).await.0, 200);
    assert_eq!(sent(plain().header("x-api-key", &key).bearer_auth(&key)).await.0, 400);
    assert_eq!(sent(plain()).await.0, 401);
    assert_eq!(sent(plain().header("authorization", &key)).await.0, 401);
    assert_eq!(sent(plain().bearer_auth("sk-unknown-000000000000000000000000")).await.0, 401);
    let auth: Vec<_> = gateway.requests().iter().map(|seen| (seen.auth, seen.has_key)).collect();
    let expected = [
        (AuthSeen::XApiKey, true),
        (AuthSeen::Both, false),
        (AuthSeen::None, false),
        (AuthSeen::Other, false),
        (AuthSeen::Bearer, true),
    ];
    assert_eq!(auth, expected);
}

#[tokio::test]
async fn a_gateway_may_read_one_header_only() {
    for (fault, bearer, x_api_key) in [(Fault::XApiKey, 401, 200), (Fault::Bearer, 200, 401)] {
        let gateway = gateway().await;
        let key = fault.example_key();
        assert_eq!(sent(list(&gateway, &key)).await.0, bearer, "{fault:?}");
        assert_eq!(
            sent(ask(&gateway, Method::GET, "/v1/models").header("x-api-key", &key)).await.0,
            x_api_key,
            "{fault:?}"
        );
    }
    let options = GatewayOptions { accepted_auth: AcceptedAuth::XApiKeyOnly, ..GatewayOptions::default() };
    let gateway = start(options).await.expect("a free port");
    assert_eq!(sent(list(&gateway, &Fault::Ok.example_key())).await.0, 401);
}

#[tokio::test]
async fn a_malformed_message_is_refused() {
    let gateway = gateway().await;
    let key = Fault::Ok.example_key();
    for broken in
        [json!({ "model": "" }), json!({ "max_tokens": 0 }), json!({ "messages": [] }), json!({ "tools": [{}] })]
    {
        assert_eq!(sent(message(&gateway, &key, broken.clone())).await.0, 400, "{broken}");
    }
    let request = client().post(format!("{}/v1/messages", gateway.base_url())).bearer_auth(&key);
    let (status, body) = sent(request.json(&json!({}))).await;
    assert_eq!((status, body.contains("anthropic-version")), (400, true));
    let (status, body) = sent(message(&gateway, &key, json!({ "model": "claude-none" }))).await;
    assert_eq!((status, body.contains("无可用渠道")), (503, true));
}

#[tokio::test]
async fn tools_are_used_unless_the_gateway_cannot() {
    let gateway = gateway().await;
    let tool = json!({ "name": "weather", "input_schema": { "type": "object", "required": ["city"],
        "properties": { "city": { "type": "string" } } } });
    let asked = json!({ "tools": [tool], "tool_choice": { "type": "any" } });
    let (_, body) = sent(message(&gateway, &Fault::Ok.example_key(), asked.clone())).await;
    let reply: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(reply["stop_reason"], "tool_use");
    assert_eq!(reply["content"][0]["input"], json!({ "city": "practice" }));
    let (_, body) = sent(message(&gateway, &Fault::NoTools.example_key(), asked)).await;
    assert!(!body.contains("tool_use"));
    assert_eq!(gateway.requests()[0].tools, 1);
}

/// The pieces of a stream as they arrive, and whether it ended as it should.
async fn streamed(gateway: &Gateway, fault: Fault, mut more: Value) -> (Vec<String>, bool) {
    more["stream"] = json!(true);
    let mut response = message(gateway, &fault.example_key(), more).send().await.expect("a reply");
    let mut pieces = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(piece)) => pieces.push(String::from_utf8_lossy(&piece).into_owned()),
            Ok(None) => return (pieces, true),
            Err(_) => return (pieces, false),
        }
    }
}

#[tokio::test]
async fn a_stream_comes_in_pieces_and_in_order() {
    let gateway = gateway().await;
    let (pieces, whole) = streamed(&gateway, Fault::Ok, json!({})).await;
    assert!(whole && pieces.len() > 2, "{pieces:?}");
    let text = pieces.concat();
    let events: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    let expected = [
        "message_start",
        "content_block_start",
        "ping",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ];
    assert_eq!(events, expected);
    assert!(gateway.requests()[0].stream);
}

#[tokio::test]
async fn a_streamed_tool_use_adds_up_to_its_input() {
    let gateway = gateway().await;
    let tool = json!({ "name": "weather", "input_schema": { "type": "object", "required": ["city"],
        "properties": { "city": { "type": "string" } } } });
    let (pieces, _) = streamed(&gateway, Fault::Ok, json!({ "tools": [tool], "tool_choice": { "type": "any" } })).await;
    let text = pieces.concat();
    let data = text
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str::<Value>(data).expect("JSON"));
    let input: String = data.filter_map(|event| event["delta"]["partial_json"].as_str().map(str::to_owned)).collect();
    assert_eq!(serde_json::from_str::<Value>(&input).expect("whole JSON"), json!({ "city": "practice" }));
}

#[tokio::test]
async fn a_stream_may_be_cut_or_refused() {
    let gateway = gateway().await;
    let (pieces, whole) = streamed(&gateway, Fault::Cut, json!({})).await;
    let text = pieces.concat();
    assert!(!whole && text.contains("message_start") && !text.contains("message_stop"), "{text}");
    let (pieces, whole) = streamed(&gateway, Fault::NoStream, json!({})).await;
    assert!(whole && pieces.concat().starts_with("{\"id\":\"msg_"), "{pieces:?}");
}

#[tokio::test]
async fn every_other_path_is_the_home_page() {
    let gateway = gateway().await;
    let key = Fault::Ok.example_key();
    for (method, path) in
        [(Method::GET, ""), (Method::GET, "/v1/v1/models"), (Method::POST, "/messages"), (Method::GET, "/v1/messages")]
    {
        let (status, body) = sent(ask(&gateway, method, path).bearer_auth(&key)).await;
        assert_eq!((status, body.contains("<html")), (200, true), "{path}");
    }
}

#[tokio::test]
async fn the_root_of_the_host_speaks_another_protocol() {
    let gateway = gateway().await;
    let key = Fault::Ok.example_key();
    let root = gateway.base_url().replace("/claude", "");
    let (status, body) = sent(client().get(format!("{root}/v1/models")).bearer_auth(&key)).await;
    assert_eq!((status, body.contains("\"object\":\"list\"")), (200, true));
    assert_eq!(sent(client().get(format!("{root}/v1/models")).header("x-api-key", &key)).await.0, 401);
    let (status, body) = sent(client().post(format!("{root}/v1/messages")).bearer_auth(&key)).await;
    assert_eq!((status, body.contains("Invalid URL (POST /v1/messages)")), (404, true));
    let chat = client().post(format!("{root}/v1/chat/completions")).bearer_auth(&key);
    assert!(sent(chat.json(&json!({ "model": "m" }))).await.1.contains("chat.completion"));
    assert!(sent(client().get(&root)).await.1.contains("<html"));
}

#[tokio::test]
async fn tokens_can_be_counted() {
    let gateway = gateway().await;
    let body = json!({ "model": "m", "messages": [{ "role": "user", "content": "x" }] });
    let counted = ask(&gateway, Method::POST, "/v1/messages/count_tokens").bearer_auth(Fault::Ok.example_key());
    assert!(sent(counted.json(&body)).await.1.contains("input_tokens"));
}

#[tokio::test]
async fn a_fault_can_be_changed_while_the_gateway_runs() {
    let gateway = gateway().await;
    let key = Fault::Ok.example_key();
    assert_eq!(sent(list(&gateway, &key)).await.0, 200);
    gateway.set_fault(Some(Fault::Banned));
    assert_eq!(sent(list(&gateway, &key)).await.0, 403);
    gateway.set_fault(Some(Fault::Ok));
    assert_eq!(sent(list(&gateway, "sk-unknown-000000000000000000000000")).await.0, 401, "still an unknown key");
    gateway.set_fault(None);
    assert_eq!(sent(list(&gateway, &key)).await.0, 200);
}

#[tokio::test]
async fn a_hanging_gateway_lets_go_when_it_is_dropped() {
    let gateway = gateway().await;
    let waiting = tokio::spawn(list(&gateway, &Fault::Hang.example_key()).send());
    while gateway.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished());
    drop(gateway);
    waiting.await.expect("the request ends").ok();
}

#[tokio::test]
async fn nothing_that_the_gateway_remembers_holds_the_key() {
    let gateway = gateway().await;
    let key = Fault::Ok.example_key();
    sent(list(&gateway, &key)).await;
    assert!(!format!("{:?} {gateway:?}", gateway.requests()).contains(&key));
}

#[tokio::test]
async fn a_preset_points_at_the_gateway() {
    let gateway = gateway().await;
    let preset: Value = serde_json::from_str(&preset_json(&gateway)).expect("JSON");
    assert_eq!(preset["schema"], 1);
    assert_eq!(preset["base"], gateway.base_url());
    assert_eq!(preset["name"], "AIRouter");
}
