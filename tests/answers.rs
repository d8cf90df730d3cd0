//! What is read from the answers of real providers: class, verdict, wait and everything that helps to find the cause.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code fails loudly"
)]

mod provider_bodies;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use proptest::prelude::*;
use provider_bodies::BODIES;
use resilient_runtime::{
    Class, Classification, Policy, Retryable, WaitOrigin,
    decide::{Decision, GiveUp, Situation, decide},
};
use serde_json::Value;
use std::time::{Duration, SystemTime};

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&str, &str)| {
        let name: HeaderName = name.parse().unwrap();
        (name, HeaderValue::from_bytes(value.as_bytes()).unwrap())
    };
    pairs.iter().map(pair).collect()
}

fn headers_of(row: &Value) -> HeaderMap {
    let pairs = row["headers"].as_object().unwrap().iter();
    let pairs: Vec<_> = pairs
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    headers(&pairs)
}

fn answer(status: u16, pairs: &[(&str, &str)], body: &str) -> Classification {
    let status = StatusCode::from_u16(status).unwrap();
    Classification::from_answer(status, &headers(pairs), body.as_bytes())
}

fn wait(failure: &Classification) -> Option<Duration> {
    Some(failure.wait?.duration)
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// What the default policy does about it after the first attempt.
fn verdict(failure: &Classification) -> Decision {
    let policy = Policy::DEFAULT;
    let schedule = &mut policy.backoff.clone();
    decide(&policy, failure, &Situation::after(1), schedule)
}

fn is_retried(failure: &Classification) -> bool {
    matches!(verdict(failure), Decision::Retry { .. })
}

#[test]
fn f23_every_answer_gives_the_class_the_verdict_and_the_wait_that_it_means() {
    let file: Value = serde_json::from_str(include_str!("fixtures/error-answers.json")).unwrap();
    let rows = file["rows"].as_array().unwrap();
    for row in rows {
        let id = &row["id"];
        let status = u16::try_from(row["status"].as_u64().unwrap()).unwrap();
        let status = StatusCode::from_u16(status).unwrap();
        let body = match &row["body"] {
            Value::String(text) => text.clone(),
            body => body.to_string(),
        };
        let found = Classification::from_answer(status, &headers_of(row), body.as_bytes());
        assert_eq!(found.class.as_str(), row["class"], "{id}");
        assert_eq!(is_retried(&found), row["retry"].as_bool().unwrap(), "{id}");
        let hint = row["wait_hint_s"].as_f64().map(seconds);
        assert_eq!(wait(&found), hint, "{id}");
        assert_eq!(found.status, Some(status.as_u16()), "{id}");
        if found.class == Class::QuotaExhausted {
            let mut headers = headers_of(row);
            headers.insert("retry-after", HeaderValue::from_static("1"));
            headers.insert("x-should-retry", HeaderValue::from_static("true"));
            let told = Classification::from_answer(status, &headers, body.as_bytes());
            assert!(!is_retried(&told), "{id} with retry-after: 1");
        }
    }
    assert_eq!(rows.len(), 47);
}

#[test]
fn f35_every_hint_of_a_server_gives_the_wait_and_the_verdict_that_it_names() {
    let file: Value = serde_json::from_str(include_str!("fixtures/server-hints.json")).unwrap();
    let rows = file["rows"].as_array().unwrap();
    for row in rows {
        let status = u16::try_from(row["status"].as_u64().unwrap_or(429)).unwrap();
        let now = row["now"].as_str().map_or(SystemTime::UNIX_EPOCH, |date| {
            let date = date.replace("2026-01-01T00:00:00Z", "Thu, 01 Jan 2026 00:00:00 GMT");
            httpdate::parse_http_date(&date).unwrap()
        });
        let status = StatusCode::from_u16(status).unwrap();
        let found = Classification::from_answer_at(status, &headers_of(row), b"", now);
        if let Some(hint) = row.get("wait_s") {
            let hint = hint.as_f64().map(seconds);
            assert_eq!(wait(&found), hint, "{row}");
        }
        let gives_up = ["gives_up", "gives_up_at_default_cap"];
        if gives_up.iter().any(|name| row.get(name).is_some()) {
            let wait = found.wait.unwrap().duration;
            let reason = GiveUp::WaitTooLong { wait };
            assert_eq!(verdict(&found), Decision::GiveUp { reason }, "{row}");
        } else {
            let retry = row
                .get("retry")
                .is_none_or(|retry| retry.as_bool().unwrap());
            assert_eq!(is_retried(&found), retry, "{row}");
        }
    }
    assert_eq!(rows.len(), 15);
}

#[test]
fn bodies_of_every_provider_are_told_apart() {
    for &(status, body, class, code, message) in BODIES {
        let found = answer(status, &[], body);
        assert_eq!(found.class, class, "{body}");
        assert_eq!(found.code.as_deref().unwrap_or_default(), code, "{body}");
        let start = found.message.as_deref().unwrap_or_default();
        assert_eq!(start.is_empty(), message.is_empty(), "{body} gave {start}");
        assert!(start.starts_with(message), "{body} gave {start}");
    }
}

#[test]
fn a_wait_is_found_in_the_body() {
    for (body, hint) in [
        (
            r#"[{"error":{"status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"34.5s"}]}}]"#,
            34.5,
        ),
        (
            r#"{"message":"You are being rate limited.","retry_after":0.529}"#,
            0.529,
        ),
        (
            r#"{"error":{"message":"later","metadata":{"retry_after_seconds":3}}}"#,
            3.0,
        ),
        (
            r#"{"error":"Model is currently loading","estimated_time":20.0}"#,
            20.0,
        ),
        (r#"{"error":"Please retry after 6 seconds"}"#, 6.0),
        ("Rate limit reached. Please try again in 2m59.5s.", 179.5),
    ] {
        let found = answer(429, &[], body);
        assert_eq!(wait(&found), Some(seconds(hint)), "{body}");
        assert_eq!(found.wait.unwrap().origin, WaitOrigin::Body, "{body}");
    }
    for body in [
        r#"{"retry_after":-1}"#,
        r#"{"retry_after":null}"#,
        r#"{"retry_after":"soon"}"#,
    ] {
        assert_eq!(answer(429, &[], body).wait, None, "{body}");
    }
}

#[test]
fn the_code_the_parameter_the_type_and_the_request_are_named() {
    let body = r#"{"error":{"message":"bad","type":"invalid_request_error","param":"messages","code":"string_above_max_length"},"request_id":"req_body"}"#;
    let found = answer(400, &[], body);
    assert_eq!(found.code.as_deref(), Some("string_above_max_length"));
    assert_eq!(found.kind.as_deref(), Some("invalid_request_error"));
    assert_eq!(found.param.as_deref(), Some("messages"));
    assert_eq!(found.request_id.as_deref(), Some("req_body"));
    let located = r#"{"detail":[{"loc":["body","messages",0,"role"],"msg":"Field required"}]}"#;
    let param = answer(422, &[], located).param;
    assert_eq!(param.as_deref(), Some("body.messages.0.role"));
    for name in [
        "x-request-id",
        "request-id",
        "apim-request-id",
        "x-amzn-requestid",
        "cf-ray",
    ] {
        let found = answer(400, &[(name, "req_header")], body);
        assert_eq!(found.request_id.as_deref(), Some("req_header"), "{name}");
    }
    let aws = [(
        "x-amzn-errortype",
        "com.amazonaws#ThrottlingException:http://x/",
    )];
    let found = answer(400, &aws, "{}");
    assert_eq!(found.class, Class::RateLimited);
    assert_eq!(found.code.as_deref(), Some("ThrottlingException"));
}

#[test]
fn f37_the_first_of_header_body_and_reset_names_the_wait() {
    let reset = [
        ("x-ratelimit-remaining-tokens", "0"),
        ("x-ratelimit-reset-tokens", "9s"),
    ];
    let body = "Please try again in 2s";
    let origin = |pairs: &[(&str, &str)], body| answer(429, pairs, body).wait.unwrap().origin;
    assert_eq!(origin(&reset, ""), WaitOrigin::RateLimitReset);
    assert_eq!(origin(&reset, body), WaitOrigin::Body);
    for (name, expected) in [
        ("retry-after-ms", WaitOrigin::RetryAfterMs),
        ("x-ms-retry-after-ms", WaitOrigin::XMsRetryAfterMs),
        ("x-amz-retry-after", WaitOrigin::XAmzRetryAfter),
        ("retry-after", WaitOrigin::RetryAfter),
    ] {
        let pairs = [reset[0], reset[1], (name, "5")];
        assert_eq!(origin(&pairs, body), expected);
        assert_eq!(expected.as_str(), name);
    }
}

#[test]
fn a_reset_is_a_wait_only_where_nothing_remains() {
    let wait_of = |pairs: &[(&str, &str)]| wait(&answer(429, pairs, ""));
    let left = [
        ("x-ratelimit-remaining-requests", "1"),
        ("x-ratelimit-reset-requests", "6m0s"),
    ];
    assert_eq!(wait_of(&left), None);
    let other = [
        ("x-ratelimit-remaining-requests", "0"),
        ("x-ratelimit-reset-tokens", "6m0s"),
    ];
    assert_eq!(wait_of(&other), None);
    let unknown = [
        ("x-ratelimit-remaining-requests", "-1"),
        ("x-ratelimit-reset-requests", "-1"),
    ];
    assert_eq!(wait_of(&unknown), None);
    // Of two that are used up, both have to come back; of input and output tokens, the one that is used up.
    let found = answer(
        429,
        &[
            ("x-ratelimit-limit-requests", "60"),
            ("x-ratelimit-remaining-requests", "0"),
            ("x-ratelimit-reset-requests", "1s"),
            ("anthropic-ratelimit-input-tokens-remaining", "5"),
            ("anthropic-ratelimit-input-tokens-reset", "90"),
            ("anthropic-ratelimit-output-tokens-remaining", "0"),
            ("anthropic-ratelimit-output-tokens-reset", "20"),
        ],
        "",
    );
    assert_eq!(wait(&found), Some(seconds(20.0)));
    let limits = *found.limits.unwrap();
    assert_eq!(limits.requests.limit, Some(60));
    assert_eq!(limits.tokens.remaining, Some(0));
    assert_eq!(answer(429, &[], "").limits, None);
}

#[test]
fn a_403_of_a_used_up_quota_is_a_rate_limit() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    let github = headers(&[
        ("x-ratelimit-limit", "60"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "1767225630"),
    ]);
    let found = Classification::from_answer_at(StatusCode::FORBIDDEN, &github, b"", now);
    assert_eq!(found.class, Class::RateLimited);
    assert_eq!(wait(&found), Some(seconds(30.0)));
    assert_eq!(answer(403, &[], "").class, Class::Permission);
}

#[test]
fn the_server_may_forbid_but_not_revive() {
    let too_large = r#"{"error":{"message":"Request too large for gpt-5 on tokens per min"}}"#;
    assert!(!is_retried(&answer(
        429,
        &[("x-should-retry", "true")],
        too_large
    )));
    let busy = answer(
        429,
        &[("x-should-retry", "false")],
        r#"{"error":{"code":"slow_down"}}"#,
    );
    assert_eq!(busy.retryable, Some(Retryable::Forbidden));
}

#[test]
fn hostile_bodies_are_read_in_bounds() {
    let deep = "[".repeat(1_000_000);
    let nested = format!("{}1{}", "{\"error\":".repeat(100), "}".repeat(100));
    let listed = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let long = format!(
        r#"{{"error":{{"message":"{}","code":"insufficient_quota"}}}}"#,
        "x".repeat(10_000_000)
    );
    for body in [&deep, &nested, &listed, &long] {
        let found = answer(429, &[], body);
        assert_eq!(found.class, Class::RateLimited);
        assert!(found.message.is_none_or(|message| message.len() < 2_100));
    }
    let latin = b"{\"error\":{\"message\":\"caf\xe9\",\"code\":\"insufficient_quota\"}}";
    let found =
        Classification::from_answer(StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new(), latin);
    assert_eq!(found.class, Class::QuotaExhausted);
    assert_eq!(found.message.as_deref(), Some("caf\u{fffd}"));
}

#[test]
fn f82_a_key_that_a_body_echoes_is_blanked() {
    let key = "sk-proj-CANARY0123456789";
    let body = format!(
        r#"{{"error":{{"message":"Incorrect API key provided: {key}.","code":"{key}","type":"{key}","param":"{key}"}},"request_id":"{key}"}}"#
    );
    for body in [
        &body,
        &format!("Bearer {key} refused"),
        &format!("<title>{key}</title>"),
    ] {
        let found = answer(401, &[("x-request-id", key)], body);
        assert!(!format!("{found:?}").contains("CANARY"), "{found:?}");
    }
}

const NAMES: &[&str] = &[
    "retry-after",
    "retry-after-ms",
    "x-ms-retry-after-ms",
    "x-amz-retry-after",
    "x-should-retry",
    "x-amzn-errortype",
    "x-ratelimit-remaining-requests",
    "x-ratelimit-reset-requests",
    "x-ratelimit-limit-tokens",
    "x-ratelimit-remaining-tokens",
    "x-ratelimit-reset-tokens",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "anthropic-ratelimit-requests-remaining",
    "anthropic-ratelimit-requests-reset",
    "x-request-id",
    "cf-ray",
];

/// JSON that is likely to be taken for an error.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        "(please )?(try again in |retry after )[0-9.]{0,30}(ms|s|m|h| days)?".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let name = prop::sample::select(vec![
            "error",
            "errors",
            "code",
            "type",
            "message",
            "detail",
            "details",
            "param",
            "status",
            "retryDelay",
            "retry_after",
            "violations",
            "quotaId",
            "fieldViolations",
            "loc",
            "reason",
            "metadata",
            "innererror",
        ]);
        let member = (name.prop_map(str::to_owned), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            prop::collection::vec(member, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn f31_no_bytes_panic(
        status in 100_u16..1_000,
        pairs in prop::collection::vec((prop::sample::select(NAMES), prop_oneof![
            prop::collection::vec(any::<u8>(), 0..100),
            "[0-9a-zA-Z:. ,+-]{0,40}".prop_map(String::into_bytes),
            "[0-9]{0,30}(ms|s|m|h)?".prop_map(String::into_bytes),
        ]), 0..4),
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..300),
            json().prop_map(|value| value.to_string().into_bytes()),
            "<[a-zA-Z/<> !\\PC]{0,100}".prop_map(String::into_bytes),
        ],
    ) {
        let headers = pairs.iter().filter_map(|(name, value)| {
            Some((HeaderName::from_static(name), HeaderValue::from_bytes(value).ok()?))
        }).collect();
        let status = StatusCode::from_u16(status).unwrap();
        let found = Classification::from_answer(status, &headers, &body);
        if let Decision::Retry { after, .. } = verdict(&found) {
            prop_assert!(after <= Policy::DEFAULT.max_retry_after);
        }
    }
}
