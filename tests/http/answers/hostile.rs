//! Hostile and random answers.

use super::{answer, verdict};

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use proptest::prelude::*;
use resilient_runtime::{Class, Classification, Policy, decide::Decision};
use serde_json::Value;

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
        assert!(
            found
                .message
                .is_none_or(|message| message.as_str().len() < 2_100)
        );
    }
    let latin = b"{\"error\":{\"message\":\"caf\xe9\",\"code\":\"insufficient_quota\"}}";
    let found =
        Classification::from_answer(StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new(), latin);
    assert_eq!(found.class, Class::QuotaExhausted);
    assert_eq!(
        found
            .message
            .as_ref()
            .map(resilient_runtime::Redacted::as_str),
        Some("caf\u{fffd}")
    );
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
            // The wait that a server asks for is bounded; the spread of its callers comes on top.
            let spread = Policy::DEFAULT.backoff.max;
            prop_assert!(after <= Policy::DEFAULT.max_retry_after + spread);
        }
    }
}
