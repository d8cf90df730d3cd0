//! Bodies of failures in the forms of every provider.

use resilient_runtime::Class;

/// Forms that the recorded answers lack: status, body, class, code, and the start of the message.
pub(super) const BODIES: &[(u16, &str, Class, &str, &str)] = &[
    // An array around the error, a delay in the details, and the message of an exhausted quota.
    (
        429,
        r#"[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}]}}]"#,
        Class::RateLimited,
        "RESOURCE_EXHAUSTED",
        "You exceeded",
    ),
    (
        429,
        r#"{"error":{"code":429,"message":"You exceeded your current quota.","status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]},{"retryDelay":"7s"}]}}"#,
        Class::QuotaExhausted,
        "RESOURCE_EXHAUSTED",
        "You exceeded",
    ),
    (
        429,
        r#"{"error":{"message":"Rate limit reached for gpt-4 on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7.2s.","type":"requests","code":"rate_limit_exceeded"}}"#,
        Class::RateLimited,
        "rate_limit_exceeded",
        "Rate limit",
    ),
    (
        429,
        r#"{"error":{"message":"Slow down","code":"slow_down"}}"#,
        Class::Overloaded,
        "slow_down",
        "Slow down",
    ),
    // Only the code says that waiting is useless.
    (
        429,
        r#"{"error":{"message":"No credits","type":"billing","code":"credit_balance_exhausted"}}"#,
        Class::QuotaExhausted,
        "credit_balance_exhausted",
        "No credits",
    ),
    (
        429,
        r#"{"error":{"message":"The organization","type":"billing","code":"organization_spend_limit_exceeded"}}"#,
        Class::QuotaExhausted,
        "organization_spend_limit_exceeded",
        "The organization",
    ),
    (
        429,
        r#"{"error":{"message":"The project","type":"billing","code":"project_spend_limit_exceeded"}}"#,
        Class::QuotaExhausted,
        "project_spend_limit_exceeded",
        "The project",
    ),
    (
        429,
        r#"{"error":{"message":"The organization","type":"billing","code":"organization_usage_limit_exceeded"}}"#,
        Class::QuotaExhausted,
        "organization_usage_limit_exceeded",
        "The organization",
    ),
    // Mistral, Cohere, FastAPI.
    (
        401,
        r#"{"detail":"Unauthorized"}"#,
        Class::Authentication,
        "",
        "Unauthorized",
    ),
    (
        422,
        r#"{"object":"error","message":{"detail":[{"type":"missing","loc":["body","model"],"msg":"Field required"}]},"type":"invalid_request_error","code":null}"#,
        Class::InvalidRequest,
        "",
        "Field required",
    ),
    (
        429,
        r#"{"message":"You are using a Trial key, which is limited"}"#,
        Class::RateLimited,
        "",
        "You are using",
    ),
    (
        400,
        r#"{"message":"too many tokens: total number of tokens in the prompt cannot exceed 4081"}"#,
        Class::ContextLength,
        "",
        "too many",
    ),
    // OpenRouter: a numeric code, also inside a success.
    (
        402,
        r#"{"error":{"code":402,"message":"Insufficient credits"}}"#,
        Class::QuotaExhausted,
        "402",
        "Insufficient",
    ),
    (
        200,
        r#"{"error":{"code":429,"message":"Provider returned error","metadata":{"retry_after_seconds":3}}}"#,
        Class::RateLimited,
        "429",
        "Provider",
    ),
    (
        200,
        r#"{"error":{"code":"502","message":"Provider returned error"}}"#,
        Class::BadGateway,
        "502",
        "Provider",
    ),
    (
        200,
        r#"{"error":{"message":"The server had an error","type":"server_error"}}"#,
        Class::ServerError,
        "",
        "The server",
    ),
    // litellm.
    (
        400,
        r#"{"error":{"message":"Budget has been exceeded! Current cost: 2, Max budget: 1","type":"budget_exceeded","param":null,"code":"400"}}"#,
        Class::QuotaExhausted,
        "400",
        "Budget",
    ),
    (
        400,
        r#"{"error":{"message":"litellm.ContextWindowExceededError: too long","type":null,"param":null,"code":"400"}}"#,
        Class::ContextLength,
        "400",
        "litellm",
    ),
    // RFC 9457.
    (
        403,
        r#"{"type":"https://example.com/probs/out-of-credit","title":"You do not have enough credit.","detail":"Your balance is 30, but that costs 50.","status":403}"#,
        Class::Permission,
        "",
        "Your balance",
    ),
    // An error as a string: a sentence or a name.
    (
        404,
        r#"{"error":"model 'x' not found, try pulling it first"}"#,
        Class::NotFound,
        "",
        "model 'x'",
    ),
    (
        400,
        r#"{"error":"invalid_grant","error_description":"Token has been revoked"}"#,
        Class::Authentication,
        "invalid_grant",
        "Token has",
    ),
    (
        500,
        r#"{"errors":[{"code":"INTERNAL","message":"it broke"}]}"#,
        Class::ServerError,
        "INTERNAL",
        "it broke",
    ),
    (
        404,
        r#"{"timestamp":1,"status":404,"error":"Not Found","path":"/x"}"#,
        Class::NotFound,
        "",
        "Not Found",
    ),
    (
        500,
        r#"{"status":"error","message":"it broke"}"#,
        Class::ServerError,
        "",
        "it broke",
    ),
    // HTML pages, XML, empty bodies, and garbage.
    (
        502,
        "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center>nginx</center></body></html>",
        Class::BadGateway,
        "",
        "502 Bad Gateway",
    ),
    (
        524,
        "<!DOCTYPE html><html><head><title>example.com | 524: A timeout occurred</title></head></html>",
        Class::BadGateway,
        "",
        "example.com | 524",
    ),
    (
        503,
        "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>",
        Class::Overloaded,
        "SlowDown",
        "Please reduce",
    ),
    (503, "", Class::Overloaded, "", ""),
    (
        500,
        "{\"error\": {\"message\": \"cut",
        Class::ServerError,
        "",
        "cut",
    ),
    (400, "null", Class::InvalidRequest, "", ""),
    (
        200,
        r#"{"message":"insufficient_quota is a word in this poem","code":"insufficient_quota"}"#,
        Class::Unknown,
        "",
        "",
    ),
    (
        403,
        r#"{"message":"You have exceeded a secondary rate limit. Please wait a few minutes"}"#,
        Class::RateLimited,
        "",
        "You have",
    ),
];
