//! Recorded answers and hints of servers, and the bodies of all providers.

use super::{answer, headers, is_retried, seconds, verdict, wait};

use super::provider_bodies::BODIES;
use http::{HeaderMap, HeaderValue, StatusCode};
use resilient_runtime::{Class, Classification, GiveUp, decide::Decision};
use serde_json::Value;
use std::time::SystemTime;

fn headers_of(row: &Value) -> HeaderMap {
    let pairs = row["headers"].as_object().unwrap().iter();
    let pairs: Vec<_> = pairs
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    headers(&pairs)
}

#[test]
fn f23_every_answer_gives_the_class_the_verdict_and_the_wait_that_it_means() {
    let file: Value =
        serde_json::from_str(include_str!("../../fixtures/error-answers.json")).unwrap();
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
    let file: Value =
        serde_json::from_str(include_str!("../../fixtures/server-hints.json")).unwrap();
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
        assert_eq!(
            found
                .code
                .as_ref()
                .map(resilient_runtime::Redacted::as_str)
                .unwrap_or_default(),
            code,
            "{body}"
        );
        let start = found
            .message
            .as_ref()
            .map(resilient_runtime::Redacted::as_str)
            .unwrap_or_default();
        assert_eq!(start.is_empty(), message.is_empty(), "{body} gave {start}");
        assert!(start.starts_with(message), "{body} gave {start}");
    }
}
