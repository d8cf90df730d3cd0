//! The class and the fields of an answer, and whether its headers change the decision.

use super::{answer, headers, is_retried, seconds, wait};

use http::StatusCode;
use resilient_runtime::{Class, Classification, Redacted, Retryable};
use std::time::{Duration, SystemTime};

#[test]
fn the_code_the_parameter_the_type_and_the_request_are_named() {
    let body = r#"{"error":{"message":"bad","type":"invalid_request_error","param":"messages","code":"string_above_max_length"},"request_id":"req_body"}"#;
    let found = answer(400, &[], body);
    assert_eq!(
        found.code.as_ref().map(Redacted::as_str),
        Some("string_above_max_length")
    );
    assert_eq!(
        found.kind.as_ref().map(Redacted::as_str),
        Some("invalid_request_error")
    );
    assert_eq!(found.param.as_ref().map(Redacted::as_str), Some("messages"));
    assert_eq!(
        found.request_id.as_ref().map(Redacted::as_str),
        Some("req_body")
    );
    let located = r#"{"detail":[{"loc":["body","messages",0,"role"],"msg":"Field required"}]}"#;
    let param = answer(422, &[], located).param;
    assert_eq!(
        param.as_ref().map(Redacted::as_str),
        Some("body.messages.0.role")
    );
    for name in [
        "x-request-id",
        "request-id",
        "apim-request-id",
        "x-amzn-requestid",
    ] {
        let found = answer(400, &[(name, "req_header")], body);
        assert_eq!(
            found.request_id.as_ref().map(Redacted::as_str),
            Some("req_header"),
            "{name}"
        );
    }
    let aws = [(
        "x-amzn-errortype",
        "com.amazonaws#ThrottlingException:http://x/",
    )];
    let found = answer(400, &aws, "{}");
    assert_eq!(found.class, Class::RateLimited);
    assert_eq!(
        found.code.as_ref().map(Redacted::as_str),
        Some("ThrottlingException")
    );
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
fn should_retry_true_does_not_override_a_final_rule() {
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
