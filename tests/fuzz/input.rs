//! One input of the fuzzer: a response as text, and the properties that must hold for it.
//!
//! The first line is the status, the next ones are headers as `name: value`, and the body follows
//! an empty line.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use resilient_runtime::{
    ApiError, Class, Classification, GiveUp, Policy, Redacted,
    decide::{Decision, Situation, decide},
};
use std::time::{Duration, SystemTime};

/// Parses the response and classifies it. Panics if a promise is broken.
pub(crate) fn feed(data: &[u8]) {
    let (head, body) = split_once(data, b"\n\n");
    let mut lines = head.split(|byte| *byte == b'\n');
    let status = lines
        .next()
        .and_then(|line| StatusCode::from_bytes(line).ok());
    let status = status.unwrap_or(StatusCode::TOO_MANY_REQUESTS);
    let mut headers = HeaderMap::new();
    for line in lines.take(32) {
        let (name, value) = split_once(line, b": ");
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        {
            headers.append(name, value);
        }
    }
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    check(
        &Classification::from_answer_at(status, &headers, body, now),
        status,
    );
    check(
        &Classification::from_response_at(status, &headers, now),
        status,
    );
    read(status, &headers, body);
}

/// Reads it as text and as JSON: a failure is never a result, and an error that is found in a text
/// is found in JSON too.
fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) {
    let text = ApiError::read_text(status, headers, body);
    let json = ApiError::read_json::<Vec<Option<u64>>>(status, headers, body);
    match &text {
        Ok(text) => {
            assert!(status.as_u16() < 400);
            assert_eq!(*text, String::from_utf8_lossy(body));
        }
        Err(error) => {
            check(error.failure(), status);
            assert!(json.is_err());
        }
    }
    if let Err(error) = &json {
        check(error.failure(), status);
    }
}

fn check(failure: &Classification, status: StatusCode) {
    assert_eq!(failure.status, Some(status.as_u16()));
    let texts = [
        &failure.code,
        &failure.kind,
        &failure.param,
        &failure.message,
        &failure.request_id,
    ];
    for text in texts.into_iter().flatten() {
        fits_the_log(text);
    }
    let policy = Policy::DEFAULT;
    for random in [0, u64::MAX] {
        let mut situation = Situation::after(1);
        situation.random = random;
        match decide(&policy, failure, &situation, &mut { policy.backoff }) {
            Decision::Retry { after, .. } => {
                assert_ne!(failure.class, Class::QuotaExhausted);
                let floor = failure.wait.map_or(Duration::ZERO, |wait| wait.duration);
                assert!(
                    after >= floor && !after.is_zero(),
                    "{after:?} for {floor:?}"
                );
                assert!(after <= policy.max_retry_after * 2, "{after:?}");
            }
            Decision::GiveUp {
                reason: GiveUp::WaitTooLong { wait },
            } => {
                assert!(wait > policy.max_retry_after);
            }
            _ => {}
        }
    }
}

fn fits_the_log(text: &Redacted) {
    assert!(!text.as_str().chars().any(char::is_control), "{text:?}");
    assert!(text.as_str().len() <= 8 * 1_024, "{}", text.as_str().len());
}

fn split_once<'d>(data: &'d [u8], by: &[u8]) -> (&'d [u8], &'d [u8]) {
    match data.windows(by.len()).position(|window| window == by) {
        Some(at) => (&data[..at], &data[at + by.len()..]),
        None => (data, &[]),
    }
}
