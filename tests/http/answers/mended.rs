//! Kinds of answers that were misjudged, each with answers of its own.

use super::{answer, is_retried, seconds, wait};
use resilient_runtime::Class;

/// The class and the retry of these answers.
fn are(class: Class, retried: bool, answers: &[(u16, &str)]) {
    for (status, body) in answers {
        let found = answer(*status, &[], body);
        assert_eq!(found.class, class, "{status} {body}");
        assert_eq!(is_retried(&found), retried, "{status} {body}");
    }
}

#[test]
fn f314_a_code_about_a_value_does_not_hide_that_a_text_is_too_long_or_refused() {
    let code = r#"{"code":"InvalidParameter","message":"Range of input length should be [1, 9]"}"#;
    let typed = r#"{"error":{"type":"invalid_value","message":"This is too long: maximum context length is 9 tokens"}}"#;
    are(Class::ContextLength, false, &[(400, code), (422, typed)]);
    let refused = r#"{"code":"invalid_parameter","message":"It violates our content policy."}"#;
    are(Class::ContentFilter, false, &[(400, refused)]);
    let money = r#"{"code":"invalid_value","message":"The note says insufficient balance"}"#;
    let token = r#"{"code":"bad_request","message":"The page token must not exceed 9 characters"}"#;
    are(Class::InvalidRequest, false, &[(400, money), (400, token)]);
}

#[test]
fn f315_a_grant_or_a_session_that_ended_is_no_valid_credential() {
    for code in [
        "invalid_grant",
        "invalid_client",
        "InvalidSessionId",
        "login_required",
    ] {
        let body = format!(r#"{{"error":"{code}","error_description":"It has ended."}}"#);
        are(Class::Authentication, false, &[(400, &body)]);
    }
    let skewed = "<Error><Code>RequestTimeTooSkewed</Code><Message>No.</Message></Error>";
    are(Class::Authentication, false, &[(403, skewed)]);
}

#[test]
fn f316_a_limit_of_a_day_is_found_in_any_order_of_words() {
    for said in [
        "You are limited to 100 calls over a 24 hour period.",
        "The weekly rate limit is reached.",
        "That was the limit for today.",
        "The quota starts anew at midnight.",
        "The account has run out of searches.",
    ] {
        let body = format!(r#"{{"message":"{said}"}}"#);
        are(Class::QuotaExhausted, false, &[(429, &body)]);
    }
    let waits = r#"{"message":"The weekly rate limit is reached. Try again in 9s."}"#;
    let speed = r#"{"message":"Too many requests for the daily report"}"#;
    are(Class::RateLimited, true, &[(429, waits), (429, speed)]);
}

#[test]
fn f317_a_conflict_with_a_request_in_progress_passes_and_one_with_a_name_stays() {
    let busy = r#"{"code":"already_exists","message":"The operation is in progress."}"#;
    let key = r#"{"error":{"type":"idempotency_error","code":"idempotency_key_in_use"}}"#;
    let other = r#"{"message":"The version is 3 by now."}"#;
    are(
        Class::Conflict,
        true,
        &[(409, busy), (409, key), (409, other)],
    );
    are(
        Class::Conflict,
        false,
        &[
            (409, r#"{"code":"AccountNameAlreadyTaken"}"#),
            (409, r#"{"message":"A group exists with this name."}"#),
            (409, r#"{"message":"The invoice is already paid."}"#),
            (409, r#"{"message":"The bucket is not empty."}"#),
            (
                409,
                r#"{"code":"23503","message":"violates a foreign key"}"#,
            ),
        ],
    );
}

#[test]
fn f318_a_moment_since_1970_in_a_message_is_a_moment() {
    let date = ("date", "Fri, 15 May 2026 12:00:00 GMT");
    for said in [
        "IP banned until 1778846430000.",
        "Blocked until 1778846430",
        "Retry after 1778846430.",
    ] {
        let body = format!(r#"{{"message":"Too many requests. {said}"}}"#);
        let found = answer(429, &[date], &body);
        assert_eq!(wait(&found), Some(seconds(30.0)), "{said}");
    }
}

#[test]
fn f319_only_a_number_of_tokens_is_a_length() {
    let key = r#"{"message":"The CSRF token must be at most 64 characters."}"#;
    let count = r#"{"message":"At most 9 tokens: 12 tokens exceeds the model limit"}"#;
    are(Class::InvalidRequest, false, &[(400, key), (422, key)]);
    are(Class::ContextLength, false, &[(400, count)]);
}

#[test]
fn f320_errors_in_lists_and_under_other_names_are_found() {
    for body in [
        r#"{"errors":[["RATE_LIMITED","You are too fast.","field"]]}"#,
        r#"{"json":{"errors":[["RATELIMIT","You are too fast.","field"]]}}"#,
        r#"{"errors":["THROTTLED"]}"#,
        r#"{"last_error":{"code":"rate_limit_exceeded"},"error":true}"#,
        r#"{"status":"0","message":"NOTOK","result":"Max rate limit reached"}"#,
    ] {
        are(Class::RateLimited, true, &[(200, body)]);
    }
    for (body, shown) in [
        (
            r#"{"json":{"errors":[["CODE","A sentence."]]}}"#,
            "A sentence.",
        ),
        (
            r#"{"status":{"error_code":9,"error_message":"No more."}}"#,
            "No more.",
        ),
        (
            r#"{"Fault":{"Error":[{"Message":"Too fast."}],"type":"X"}}"#,
            "Too fast.",
        ),
        (r#"{"code":"no","text":"It is blocked."}"#, "It is blocked."),
    ] {
        let message = answer(400, &[], body).message.unwrap();
        assert_eq!(message.as_str(), shown, "{body}");
    }
    let success = r#"{"status":{"error_code":0,"error_message":null},"data":[1]}"#;
    assert_eq!(answer(200, &[], success).message, None);
}

#[test]
fn f321_the_status_of_a_ban_a_cancellation_and_a_full_disk_are_understood() {
    let banned = r#"{"message":"Way too many requests; banned."}"#;
    are(Class::RateLimited, true, &[(418, banned), (420, banned)]);
    let cancelled = r#"{"error":{"status":"CANCELLED","message":"The operation ended."}}"#;
    are(Class::Network, true, &[(499, cancelled)]);
    are(Class::InvalidRequest, false, &[(418, "{}"), (499, "{}")]);
    are(
        Class::ServerError,
        false,
        &[(507, "{}"), (507, "<h1>Full</h1>")],
    );
    let full = r#"{"error":{"code":"insufficientStorage"}}"#;
    are(Class::QuotaExhausted, false, &[(507, full)]);
}

#[test]
fn f322_a_number_of_resources_and_the_price_of_one_request_are_no_rate_and_no_empty_account() {
    let resources =
        r#"{"code":"LimitExceededException","message":"Cannot exceed quota for users: 9"}"#;
    are(
        Class::InvalidRequest,
        false,
        &[(400, resources), (409, resources)],
    );
    let price = r#"{"error":{"code":402,"message":"Prompt tokens limit exceeded: 9 > 5."}}"#;
    let extra =
        r#"{"error":{"type":"rate_limit_error","message":"Extra usage is required for it."}}"#;
    are(Class::PaymentRefused, false, &[(402, price), (429, extra)]);
}
