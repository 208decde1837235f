//! Replies of relays and gateways that were not measured, in their known or likely wording.
//!
//! The measured replies teach the rules; these show that the rules hold for other software too: pooled
//! relays, client-bound relays, API gateways and clouds. Each row is a status, a body and the code that
//! a person should be told; `wordings.txt` holds more of them, sorted by meaning.
//!
//! Over 400 lines: one table of replies, each row of which is read by itself.

use airouter_core::finding::Code;
use airouter_core::gateway::{Asked, Reply, Route, Verdict, classify};

/// A question with an accepted-looking key, of which nothing else is known.
const ASKED: Asked =
    Asked { route: Route::Messages, sent_key: true, models_accepted_key: false, base_host: "gw.example.com" };

/// Checks all rows and names every one that fails.
#[track_caller]
fn check(rows: &[(u16, &str, Code)]) {
    let mut wrong = Vec::new();
    for (status, body, expected) in rows {
        let reply = Reply::new(*status, [("content-type", "application/json")], *body);
        let found = match classify(&reply, &ASKED) {
            Verdict::Ok => None,
            Verdict::Failed(finding) => Some(finding.code),
        };
        if found != Some(*expected) {
            wrong.push(format!("{} not {}: {status} {body}", expected.slug(), found.map_or("ok", Code::slug)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn relays_with_pooled_accounts() {
    check(&[
        (
            401,
            r#"{"code":"API_KEY_REQUIRED","message":"API key is required in Authorization header (Bearer scheme), x-api-key header, or x-goog-api-key header"}"#,
            Code::KeyMissing,
        ),
        (401, r#"{"code":"INVALID_API_KEY","message":"Invalid API key"}"#, Code::KeyRejected),
        (401, r#"{"code":"API_KEY_DISABLED","message":"API key is disabled"}"#, Code::KeyDisabled),
        (403, r#"{"code":"API_KEY_EXPIRED","message":"API key 已过期"}"#, Code::KeyExpired),
        (429, r#"{"code":"API_KEY_QUOTA_EXHAUSTED","message":"API key 额度已用完"}"#, Code::QuotaExhausted),
        (403, r#"{"code":"INSUFFICIENT_BALANCE","message":"Insufficient account balance"}"#, Code::QuotaExhausted),
        (
            403,
            r#"{"code":"SUBSCRIPTION_NOT_FOUND","message":"No active subscription found for this group"}"#,
            Code::QuotaExhausted,
        ),
        (403, r#"{"code":"SUBSCRIPTION_INVALID","message":"subscription has expired"}"#, Code::QuotaExhausted),
        (429, r#"{"code":"USAGE_LIMIT_EXCEEDED","message":"daily usage limit exceeded"}"#, Code::QuotaExhausted),
        (
            429,
            r#"{"type":"error","error":{"type":"rate_limit_exceeded","message":"api key 5小时限额已用完"}}"#,
            Code::QuotaExhausted,
        ),
        (401, r#"{"code":"USER_INACTIVE","message":"User account is not active"}"#, Code::AccountDisabled),
        (403, r#"{"code":"GROUP_DELETED","message":"API Key 所属分组已删除"}"#, Code::NoClaudePermission),
        (403, r#"{"code":"GROUP_DISABLED","message":"API Key 所属分组已停用"}"#, Code::NoClaudePermission),
        (403, r#"{"code":"ACCESS_DENIED","message":"Access denied"}"#, Code::Forbidden),
        (
            429,
            r#"{"code":"API_KEY_RATE_LIMITED","message":"too many failed attempts, please try again later"}"#,
            Code::RateLimited,
        ),
        (500, r#"{"code":"INTERNAL_ERROR","message":"Failed to validate API key"}"#, Code::UpstreamError),
        (
            503,
            r#"{"type":"error","error":{"type":"api_error","message":"No available accounts: no available accounts"}}"#,
            Code::NoChannel,
        ),
        (
            503,
            r#"{"type":"error","error":{"type":"api_error","message":"No available accounts: this group only allows Claude Code clients"}}"#,
            Code::ClientRestricted,
        ),
        (
            403,
            r#"{"type":"error","error":{"type":"permission_error","message":"This group is restricted to Claude Code clients (/v1/messages only)"}}"#,
            Code::ClientRestricted,
        ),
        (
            403,
            r#"{"type":"error","error":{"type":"permission_error","message":"API Key is not assigned to any group and cannot be used. Please contact the administrator to assign it to a group."}}"#,
            Code::NoClaudePermission,
        ),
        (
            502,
            r#"{"type":"error","error":{"type":"upstream_error","message":"Upstream authentication failed, please contact administrator"}}"#,
            Code::UpstreamError,
        ),
        (
            502,
            r#"{"type":"error","error":{"type":"upstream_error","message":"Upstream request failed"}}"#,
            Code::UpstreamError,
        ),
        (
            429,
            r#"{"type":"error","error":{"type":"rate_limit_error","message":"Upstream rate limit exceeded, please retry later"}}"#,
            Code::RateLimited,
        ),
        (
            503,
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Upstream service overloaded, please retry later"}}"#,
            Code::Overloaded,
        ),
        (
            429,
            r#"{"type":"error","error":{"type":"rate_limit_error","message":"Concurrency limit exceeded for user, please retry later"}}"#,
            Code::RateLimited,
        ),
        (
            429,
            r#"{"type":"error","error":{"type":"rate_limit_error","message":"Too many pending requests, please retry later"}}"#,
            Code::RateLimited,
        ),
        (
            503,
            r#"{"type":"error","error":{"type":"billing_service_error","message":"Billing service temporarily unavailable. Please retry later."}}"#,
            Code::UpstreamError,
        ),
        (
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"model is required"}}"#,
            Code::BadRequest,
        ),
        (
            404,
            r#"{"type":"error","error":{"type":"not_found_error","message":"The requested model claude-x is not supported by any account"}}"#,
            Code::ModelNotFound,
        ),
    ]);
}

#[test]
fn relays_bound_to_clients() {
    check(&[
        (
            401,
            r#"{"error":"Missing API key","message":"Please provide an API key in the x-api-key, x-goog-api-key, or Authorization header"}"#,
            Code::KeyMissing,
        ),
        (401, r#"{"error":"Invalid API key format","message":"API key format is invalid"}"#, Code::KeyRejected),
        (401, r#"{"error":"Invalid API key","message":"API key not found"}"#, Code::KeyRejected),
        (401, r#"{"error":"Invalid API key","message":"API key is disabled"}"#, Code::KeyDisabled),
        (401, r#"{"error":"Invalid API key","message":"API key has expired"}"#, Code::KeyExpired),
        (401, r#"{"error":"Invalid API key","message":"User account is disabled"}"#, Code::AccountDisabled),
        (
            403,
            r#"{"error":"Client not allowed","message":"Your client is not authorized to use this API key","allowedClients":["claude_code"]}"#,
            Code::ClientRestricted,
        ),
        (
            403,
            r#"{"error":{"type":"client_validation_error","message":"This endpoint only accepts requests from Claude Code CLI"}}"#,
            Code::ClientRestricted,
        ),
        (
            429,
            r#"{"error":"Concurrency limit exceeded","message":"Too many concurrent requests. Limit: 5 concurrent requests","currentConcurrency":5}"#,
            Code::RateLimited,
        ),
        (
            429,
            r#"{"error":"Queue overloaded","message":"Queue is overloaded. Limit: 5 concurrent requests, queue: 3/3. Please retry later."}"#,
            Code::RateLimited,
        ),
        (
            429,
            r#"{"error":"Rate limit exceeded","message":"已达到请求次数限制 (60 次)，将在 12 分钟后重置"}"#,
            Code::RateLimited,
        ),
        (
            429,
            r#"{"error":"Rate limit exceeded","message":"已达到费用限制 ($5)，将在 12 分钟后重置"}"#,
            Code::QuotaExhausted,
        ),
        (
            402,
            r#"{"error":{"type":"insufficient_quota","message":"已达到每日费用限制 ($10)","code":"daily_cost_limit_exceeded"}}"#,
            Code::QuotaExhausted,
        ),
        (403, r#"{"error":{"type":"forbidden","message":"暂无该模型访问权限"}}"#, Code::ModelNotAllowed),
        (
            403,
            r#"{"error":{"type":"permission_error","message":"此 API Key 无权访问 Claude 服务"}}"#,
            Code::NoClaudePermission,
        ),
        (
            500,
            r#"{"error":"Relay service error","message":"No available Claude accounts support the requested model: claude-x"}"#,
            Code::NoChannel,
        ),
        (
            500,
            r#"{"error":"Authentication error","message":"Internal server error during authentication"}"#,
            Code::UpstreamError,
        ),
        (
            404,
            r#"{"error":"Not Found","message":"Route /claude/v2/messages not found","timestamp":"2026-11-01T00:00:00Z"}"#,
            Code::WrongBaseUrl,
        ),
        (
            401,
            r#"{"error":{"message":"API 密钥无效。提供的密钥不存在、已被删除、已被禁用或已过期。","type":"invalid_api_key"}}"#,
            Code::KeyRejected,
        ),
        (
            401,
            r#"{"error":{"message":"用户账户已被禁用。请联系管理员。","type":"user_disabled"}}"#,
            Code::AccountDisabled,
        ),
        (
            429,
            r#"{"error":{"message":"Too many authentication failures. Please retry later.","type":"rate_limit_error"}}"#,
            Code::RateLimited,
        ),
        (
            400,
            r#"{"error":{"message":"Client not in allowed list: [claude-cli] (detected: curl)","type":"invalid_request_error"}}"#,
            Code::ClientRestricted,
        ),
        (
            402,
            r#"{"error":{"message":"用户每日消费上限已达到（10.00/10.00 USD）","type":"rate_limit_error"}}"#,
            Code::QuotaExhausted,
        ),
        (
            429,
            r#"{"error":{"message":"密钥并发 Session 上限已达到（3/3）","type":"rate_limit_error"}}"#,
            Code::RateLimited,
        ),
        (
            503,
            r#"{"error":{"message":"所有供应商暂时不可用，请稍后重试","type":"all_providers_failed"}}"#,
            Code::NoChannel,
        ),
    ]);
}

#[test]
fn api_gateways_and_clouds() {
    check(&[
        (401, r#"{"message":"No API key found in request"}"#, Code::KeyMissing),
        (401, r#"{"message":"Invalid authentication credentials"}"#, Code::KeyRejected),
        (401, r#"{"message":"Unauthorized","request_id":"9f2c"}"#, Code::KeyRejected),
        (403, r#"{"message":"You cannot consume this service"}"#, Code::Forbidden),
        (403, r#"{"message":"IP address not allowed: 203.0.113.9"}"#, Code::IpBlocked),
        (404, r#"{"message":"no Route matched with those values"}"#, Code::WrongBaseUrl),
        (429, r#"{"message":"API rate limit exceeded"}"#, Code::RateLimited),
        (502, r#"{"message":"An invalid response was received from the upstream server"}"#, Code::UpstreamError),
        (401, r#"{"message":"Missing API key found in request"}"#, Code::KeyMissing),
        (401, r#"{"message":"Missing API key in request"}"#, Code::KeyMissing),
        (401, r#"{"message":"Invalid API key in request"}"#, Code::KeyRejected),
        (404, r#"{"error_msg":"404 Route Not Found"}"#, Code::WrongBaseUrl),
        (
            401,
            r#"{"statusCode":401,"message":"Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API."}"#,
            Code::KeyMissing,
        ),
        (
            401,
            r#"{"statusCode":401,"message":"Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription."}"#,
            Code::KeyRejected,
        ),
        (
            403,
            r#"{"statusCode":403,"message":"Out of call volume quota. Quota will be replenished in 08:10:22."}"#,
            Code::QuotaExhausted,
        ),
        (429, r#"{"statusCode":429,"message":"Rate limit is exceeded. Try again in 52 seconds."}"#, Code::RateLimited),
        (404, r#"{"statusCode":404,"message":"Resource not found"}"#, Code::WrongBaseUrl),
        (
            404,
            r#"{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}"#,
            Code::ModelNotFound,
        ),
        (
            401,
            r#"{"success":false,"result":[],"messages":[],"error":[{"code":2009,"message":"Unauthorized"}]}"#,
            Code::KeyRejected,
        ),
        (
            400,
            r#"{"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[],"result":null}"#,
            Code::KeyRejected,
        ),
        (401, r#"{"error":{"message":"No auth credentials found","code":401}}"#, Code::KeyMissing),
        (401, r#"{"error":{"message":"User not found.","code":401}}"#, Code::KeyRejected),
        (
            402,
            r#"{"error":{"message":"Insufficient credits. Add more using https://gw.example.com/credits","code":402}}"#,
            Code::QuotaExhausted,
        ),
        (
            403,
            r#"{"error":{"message":"Key limit exceeded (total limit). Manage it using https://gw.example.com/settings/keys","code":403}}"#,
            Code::QuotaExhausted,
        ),
        (404, r#"{"error":{"message":"No endpoints found for anthropic/claude-x.","code":404}}"#, Code::ModelNotFound),
        (400, r#"{"error":{"message":"anthropic/claude-x is not a valid model ID","code":400}}"#, Code::ModelNotFound),
        (
            502,
            r#"{"error":{"message":"Provider returned error","code":502,"metadata":{"raw":"upstream connect error","provider_name":"Anthropic"}}}"#,
            Code::UpstreamError,
        ),
        (
            429,
            r#"{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"claude-x is temporarily rate-limited upstream","provider_name":"Anthropic"}}}"#,
            Code::RateLimited,
        ),
        (
            503,
            r#"{"error":{"message":"No available model provider that meets your routing requirements","code":503}}"#,
            Code::NoChannel,
        ),
        (
            401,
            r#"{"is_bifrost_error":false,"status_code":401,"error":{"message":"virtual key not found","type":"virtual_key_not_found"}}"#,
            Code::KeyRejected,
        ),
        (
            401,
            r#"{"error":{"message":"virtual key is missing in headers and is mandatory.","type":"virtual_key_required"}}"#,
            Code::KeyMissing,
        ),
        (403, r#"{"error":{"message":"virtual key is inactive","type":"virtual_key_blocked"}}"#, Code::KeyDisabled),
        (
            403,
            r#"{"error":{"message":"model claude-x is not allowed for this virtual key","type":"model_blocked"}}"#,
            Code::ModelNotAllowed,
        ),
        (
            403,
            r#"{"error":{"message":"provider anthropic is not allowed for this virtual key","type":"provider_blocked"}}"#,
            Code::NoClaudePermission,
        ),
        (401, r#"{"status":"failure","message":"Invalid API Key. Error Code: 03"}"#, Code::KeyRejected),
        (
            429,
            r#"{"success":false,"error":{"code":"request_failed","message":"Insufficient credits","statusCode":429}}"#,
            Code::QuotaExhausted,
        ),
        (
            400,
            r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}"#,
            Code::KeyRejected,
        ),
        (
            429,
            r#"{"error":{"code":429,"message":"Resource has been exhausted (e.g. check quota).","status":"RESOURCE_EXHAUSTED"}}"#,
            Code::QuotaExhausted,
        ),
        (
            429,
            r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","code":"insufficient_quota"}}"#,
            Code::QuotaExhausted,
        ),
        (403, r#"{"message":"Missing Authentication Token"}"#, Code::KeyMissing),
        (403, r#"{"message":"Forbidden"}"#, Code::Forbidden),
        (403, r#"{"message":"The security token included in the request is invalid."}"#, Code::KeyRejected),
        (
            403,
            r#"{"message":"You don't have access to the model with the specified model ID."}"#,
            Code::ModelNotAllowed,
        ),
        (
            422,
            r#"{"detail":[{"type":"missing","loc":["body","max_tokens"],"msg":"Field required"}]}"#,
            Code::BadRequest,
        ),
        (409, r#"{"type":"error","error":{"type":"conflict_error","message":"Conflict"}}"#, Code::BadRequest),
        (415, r#"{"message":"Unsupported Media Type"}"#, Code::BadRequest),
    ]);
}

#[test]
fn chinese_relays_in_both_scripts() {
    check(&[
        (403, r#"{"error":{"message":"账户余额不足，请充值"}}"#, Code::QuotaExhausted),
        (403, r#"{"error":{"message":"帳戶餘額不足，請先儲值"}}"#, Code::QuotaExhausted),
        (401, r#"{"code":401,"msg":"无效的密钥"}"#, Code::KeyRejected),
        (200, r#"{"code":401,"msg":"密钥已过期"}"#, Code::KeyExpired),
        (200, r#"{"success":false,"message":"该密钥已被禁用"}"#, Code::KeyDisabled),
        (403, r#"{"msg":"您的账号已被封禁，请联系客服"}"#, Code::AccountDisabled),
        (403, r#"{"error":"您的套餐已到期，请续费"}"#, Code::QuotaExhausted),
        (429, r#"{"error":{"message":"今日免费次数已用完"}}"#, Code::QuotaExhausted),
        (429, r#"{"error":{"message":"您的并发数已达上限"}}"#, Code::RateLimited),
        (403, r#"{"error":{"message":"该分组仅限 Claude Code 客户端使用"}}"#, Code::ClientRestricted),
        (403, r#"{"error":{"message":"該群組僅限官方用戶端使用"}}"#, Code::ClientRestricted),
        (403, r#"{"error":{"message":"当前IP不在白名单内"}}"#, Code::IpBlocked),
        (503, r#"{"error":{"message":"所有账号均不可用，请稍后重试"}}"#, Code::NoChannel),
        (503, r#"{"error":{"message":"當前無可用線路"}}"#, Code::NoChannel),
        (503, r#"{"error":{"message":"服务器繁忙，请稍后再试"}}"#, Code::Overloaded),
        (404, r#"{"error":{"message":"模型 claude-x 不存在或已下线"}}"#, Code::ModelNotFound),
        (400, r#"{"error":{"message":"不支持的模型：claude-x"}}"#, Code::ModelNotFound),
        (403, r#"{"error":{"message":"当前套餐不支持该模型"}}"#, Code::ModelNotAllowed),
        (403, r#"{"error":{"message":"您的用户组没有 Claude 的使用权限"}}"#, Code::NoClaudePermission),
        (401, r#"{"error":{"message":"请求头中缺少 Authorization"}}"#, Code::KeyMissing),
        (401, r#"{"error":{"message":"未登录或令牌已过期"}}"#, Code::KeyExpired),
        (500, r#"{"error":{"message":"上游服务返回错误"}}"#, Code::UpstreamError),
        (500, r#"{"error":{"message":"系统内部错误"}}"#, Code::UpstreamError),
        (400, r#"{"error":{"message":"请求参数错误"}}"#, Code::BadRequest),
        (429, r#"{"error":{"message":"请求过于频繁，请稍后再试"}}"#, Code::RateLimited),
    ]);
}

#[test]
fn many_wordings_of_the_same_meaning() {
    let mut wrong = Vec::new();
    for line in include_str!("wordings.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut parts = line.splitn(4, '|');
        let mut next = || parts.next().expect("four parts");
        let (expected, status, flags, text) = (next(), next().parse().expect("a status"), next(), next());
        let is_whole = flags.contains('t') || text.starts_with(['{', '<']);
        let body =
            if is_whole { text.to_owned() } else { serde_json::json!({ "error": { "message": text } }).to_string() };
        let content_type = match text {
            _ if flags.contains('t') => "text/plain",
            _ if text.starts_with('<') => "text/html",
            _ => "application/json",
        };
        let asked = Asked {
            route: if flags.contains('l') { Route::Models } else { Route::Messages },
            sent_key: !flags.contains('n'),
            models_accepted_key: flags.contains('a'),
            ..ASKED
        };
        let found = match classify(&Reply::new(status, [("content-type", content_type)], body), &asked) {
            Verdict::Ok => "ok",
            Verdict::Failed(finding) => finding.code.slug(),
        };
        if found != expected {
            wrong.push(format!("{expected} not {found}: {line}"));
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}
