//! Answers that people reported, and answers whose words must not mislead.

use super::kinds::{difference, two_calls};

use resilient_runtime::Class;
use serde_json::Value;
use std::time::{Duration, SystemTime};

const REPORTED: &str = include_str!("../../fixtures/error-answers-reported.json");

/// The rows that are judged otherwise than expected, and the number of rows.
fn wrong(is_meant: impl Fn(&Value) -> bool) -> (Vec<String>, usize) {
    let file: Value = serde_json::from_str(REPORTED).unwrap();
    let now = Duration::from_secs(file["now"].as_u64().unwrap());
    let now = SystemTime::UNIX_EPOCH + now;
    let rows = file["rows"].as_array().unwrap().iter();
    let rows: Vec<_> = rows.filter(|row| is_meant(row)).collect();
    let wrong = rows.iter().filter_map(|row| difference(row, now)).collect();
    (wrong, rows.len())
}

#[test]
fn reported_answers_are_judged_as_their_providers_mean_them() {
    let (wrong, rows) = wrong(|row| row["kind"] != "N");
    assert!(
        wrong.is_empty(),
        "{} of {rows}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn words_of_a_user_or_of_another_matter_do_not_mislead() {
    let (wrong, rows) = wrong(|row| row["kind"] == "N");
    assert!(
        wrong.is_empty(),
        "{} of {rows}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[tokio::test(start_paused = true)]
async fn f313_the_text_or_the_data_of_one_user_opens_no_breaker() {
    let file: Value = serde_json::from_str(REPORTED).unwrap();
    let rows = file["rows"].as_array().unwrap().iter();
    let mut tried = 0;
    for row in rows.filter(|row| row["kind"] == "N") {
        let status = u16::try_from(row["status"].as_u64().unwrap()).unwrap();
        let body = row["body"]
            .as_str()
            .map_or_else(|| row["body"].to_string(), str::to_owned);
        if status >= 400 {
            let [_, second] = two_calls(status, &body).await;
            assert_ne!(second, Class::CircuitOpen, "{body}");
            tried += 1;
        }
    }
    assert!(tried > 40, "{tried}");
    for (status, body) in [
        // An unpaid request, or an unpaid account: the status alone does not tell.
        (402, r#"{"message":"Payment required"}"#),
        (
            403,
            r#"{"error":{"errors":[{"reason":"storageQuotaExceeded"}],"message":"Full."}}"#,
        ),
        (
            400,
            r#"{"code":"TenantCreditLimitReached","message":"No more for tenant 7."}"#,
        ),
        (
            400,
            r#"{"message":"{\"error\":{\"code\":\"insufficient_quota\"}} is no name"}"#,
        ),
        (
            429,
            r#"{"message":"No.","account":{"status":"billing_not_active"}}"#,
        ),
    ] {
        let [_, second] = two_calls(status, body).await;
        assert_ne!(second, Class::CircuitOpen, "{body}");
    }
    for (status, body) in [
        (429, r#"{"error":{"code":"insufficient_quota"}}"#),
        (
            403,
            r#"{"error":{"details":[{"reason":"INSUFFICIENT_CREDITS"}]}}"#,
        ),
        (
            429,
            r#"{"upstream":{"last_error":{"code":"insufficient_quota"}}}"#,
        ),
        (
            429,
            r#"{"error":{"metadata":{"raw":"{\"error\":{\"code\":\"insufficient_quota\"}}"}}}"#,
        ),
    ] {
        let [_, second] = two_calls(status, body).await;
        assert_eq!(second, Class::CircuitOpen, "{body}");
    }
}
