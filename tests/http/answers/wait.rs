//! The wait that an answer asks for.

use super::{answer, seconds, wait};

use resilient_runtime::{Resource, WaitOrigin};

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
    // If two limits are used up, both have to be restored; of input and output tokens, the one that
    // is used up counts.
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
fn f111_a_quota_carries_the_name_of_its_resource() {
    let limits = |resource: &'static str| {
        let headers = [
            ("x-ratelimit-limit", "30"),
            ("x-ratelimit-resource", resource),
        ];
        answer(429, &headers, "").limits.unwrap().requests
    };
    let search = limits("search");
    assert_eq!(search.limit, Some(30));
    assert_eq!(search.resource, Some(Resource::named("search")));
    assert_ne!(search.resource, limits("core").resource);
    // A name without a quota is none.
    assert_eq!(
        answer(429, &[("x-ratelimit-resource", "core")], "").limits,
        None
    );
}
