//! The kinds of answers that are easily judged wrong, each with answers of its own.

use super::{answer, headers, is_retried};

use http::StatusCode;
use resilient_runtime::{
    Breaker, Class, Classification, Classify, FromRejection, Processed, Redacted, Rejection,
    Upstream, call,
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

const LISTED: &str = include_str!("../../fixtures/error-answers-2.json");
const FURTHER: &str = include_str!("../../fixtures/error-answers-kinds.json");

/// The difference between a row and what is found, if there is one.
pub(super) fn difference(row: &Value, now: SystemTime) -> Option<String> {
    let status = u16::try_from(row["status"].as_u64().unwrap()).unwrap();
    let status = StatusCode::from_u16(status).unwrap();
    let body = match &row["body"] {
        Value::String(text) => text.clone(),
        body => body.to_string(),
    };
    let pairs = row["headers"].as_object().unwrap().iter();
    let pairs: Vec<_> = pairs
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    let found = Classification::from_answer_at(status, &headers(&pairs), body.as_bytes(), now);
    let class = found.class.as_str();
    let also = row["class_also_ok"].as_array().into_iter().flatten();
    let class_holds = also
        .chain([&row["class"]])
        .any(|expected| expected == class);
    let wait_holds = row["wait_s"].as_f64().is_none_or(|wait| {
        // The last digits of a fraction are lost on its way through a float.
        let found = found.wait.map(|wait| wait.duration.as_secs_f64());
        found.is_some_and(|found| (found - wait).abs() < 0.001)
    });
    let retried = is_retried(&found);
    let shown = |text: &Option<Redacted>| text.as_ref().map(|text| text.as_str().to_owned());
    let (message, id) = (shown(&found.message), shown(&found.request_id));
    let message_holds = row["message"].as_str().is_none_or(|start| {
        message
            .as_deref()
            .is_some_and(|text| text.starts_with(start))
    });
    let id_holds = row["request_id"]
        .as_str()
        .is_none_or(|expected| id.as_deref() == Some(expected));
    let processed_holds = row["processed"]
        .as_str()
        .is_none_or(|expected| format!("{:?}", found.processed).eq_ignore_ascii_case(expected));
    let details_hold = message_holds && id_holds && processed_holds;
    let holds = class_holds && wait_holds && details_hold && retried == row["retry"];
    let kind = row["kind"].as_str().unwrap_or("-");
    (!holds).then(|| {
        format!(
            "{kind} {}: {class}, retried: {retried}, {:?}, {:?}, {message:?}, {id:?}",
            row["id"], found.wait, found.processed
        )
    })
}

/// All rows of a kind hold, and some of them are in no list.
fn hold(kind: &str) {
    let mut wrong = Vec::new();
    for (file, least) in [(LISTED, 0), (FURTHER, 2)] {
        let file: Value = serde_json::from_str(file).unwrap();
        let now = Duration::from_secs(file["now"].as_u64().unwrap());
        let rows = file["rows"].as_array().unwrap().iter();
        let rows: Vec<_> = rows
            .filter(|row| row["kind"].as_str().unwrap_or("-") == kind)
            .collect();
        assert!(rows.len() >= least, "{kind}");
        let now = SystemTime::UNIX_EPOCH + now;
        wrong.extend(rows.iter().filter_map(|row| difference(row, now)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn f240_a_daily_quota_that_names_its_wait_is_a_rate() {
    hold("A");
}

#[test]
fn the_word_of_one_provider_is_not_that_of_another() {
    hold("B");
}

#[test]
fn f243_a_payment_refused_for_one_request_is_no_empty_account() {
    hold("C");
}

#[test]
fn f285_a_payment_refused_for_one_customer_has_its_own_class() {
    for (status, body) in [
        (
            402,
            r#"{"error": {"type": "card_error", "code": "expired_card"}}"#,
        ),
        (402, r#"{"detail": "Your card was declined."}"#),
        (422, r#"{"details": [{"issue": "TRANSACTION_REFUSED"}]}"#),
        (400, r#"{"errors": [{"code": "GENERIC_DECLINE"}]}"#),
    ] {
        let failure = answer(status, &[], body);
        assert_eq!(failure.class, Class::PaymentRefused, "{body}");
        assert!(!is_retried(&failure), "{body}");
    }
    let empty = answer(
        402,
        &[],
        r#"{"error": {"message": "Insufficient Balance"}}"#,
    );
    assert_eq!(empty.class, Class::QuotaExhausted);
}

#[test]
fn a_spent_allowance_is_found_in_any_words() {
    hold("D");
}

#[test]
fn a_spent_allowance_is_found_with_another_status() {
    hold("E");
}

#[test]
fn a_name_is_found_at_any_place_and_in_any_spelling() {
    hold("F");
}

#[test]
fn throttling_is_found_with_any_status() {
    hold("G");
}

#[test]
fn an_error_inside_a_success_is_what_it_would_be_outside() {
    hold("H");
}

#[test]
fn statuses_are_retried_if_their_condition_may_pass() {
    hold("I");
}

#[test]
fn a_wait_is_found_in_every_form() {
    hold("J");
}

#[test]
fn a_context_that_is_too_long_is_found_in_any_words() {
    hold("K");
}

#[test]
fn refused_content_is_found_in_any_words() {
    hold("L");
}

#[test]
fn a_conflict_that_stays_is_not_retried() {
    hold("M");
}

#[test]
fn rows_without_a_kind_hold() {
    hold("-");
}

/// A row of another kind is run by no test.
#[test]
fn every_row_has_a_kind_with_a_test() {
    let mut kinds = BTreeSet::new();
    for file in [LISTED, FURTHER] {
        let file: Value = serde_json::from_str(file).unwrap();
        let rows = file["rows"].as_array().unwrap().iter();
        kinds.extend(rows.map(|row| row["kind"].as_str().unwrap_or("-").to_owned()));
    }
    let tested = include_str!("kinds.rs").split("    hold(\"").skip(1);
    let tested: BTreeSet<_> = tested
        .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(kinds, tested);
}

fn of(status: u16, pairs: &[(&str, &str)], body: &str) -> Classification {
    answer(status, pairs, body)
}

#[test]
fn requests_that_were_not_taken_up_are_surely_not_processed() {
    for status in [408, 421, 425, 429] {
        assert_eq!(of(status, &[], "").processed, Processed::No, "{status}");
    }
    for status in [400, 409, 423, 500, 502, 504] {
        assert_eq!(of(status, &[], "").processed, Processed::Maybe, "{status}");
    }
}

/// A failure that is what an answer says.
#[derive(Debug)]
struct Told(Box<Classification>);

impl Classify for Told {
    fn classify(&self) -> Classification {
        (*self.0).clone()
    }
}

impl FromRejection for Told {
    fn from_rejection(rejection: Rejection) -> Self {
        Self(Box::new(Classification::new(rejection.class())))
    }
}

/// The classes of two calls that are answered with this.
pub(super) async fn two_calls(status: u16, body: &str) -> [Class; 2] {
    let upstream = Upstream::new("told").breaker(Breaker::new());
    let ask = async || -> Result<(), Told> {
        call!(upstream = &upstream, async {
            Err(Told(Box::new(of(status, &[], body))))
        })
        .await
    };
    [ask().await, ask().await].map(|answer| answer.unwrap_err().0.class)
}

/// The class of a second call, after one that was answered with this body.
async fn second(body: &str) -> Class {
    let [first, second] = two_calls(400, body).await;
    assert_eq!(first, Class::QuotaExhausted, "{body}");
    second
}

#[tokio::test(start_paused = true)]
async fn f241_f333_neither_prose_nor_words_in_a_name_open_the_breaker() {
    for body in [
        r#"{"error":{"code":"trial_credits_exhausted"}}"#,
        r#"{"code":"team_spend_limit_reached"}"#,
        r#"{"message":"The transfer was refused: insufficient funds"}"#,
        r#"{"error":{"message":"Your credit balance is too low"}}"#,
    ] {
        assert_eq!(second(body).await, Class::QuotaExhausted, "{body}");
    }
    let named = r#"{"error":{"code":"insufficient_quota"}}"#;
    assert_eq!(second(named).await, Class::CircuitOpen);
}

#[test]
fn f241_prose_alone_does_not_mean_that_nothing_was_processed() {
    let body = r#"{"message":"Your credit balance is too low"}"#;
    let found = of(400, &[], body);
    assert_eq!(found.class, Class::QuotaExhausted);
    assert_eq!(found.processed, Processed::Maybe);
    let named = of(400, &[], r#"{"error":{"code":"insufficient_quota"}}"#);
    assert_eq!(named.processed, Processed::No);
}

#[test]
fn f242_a_wait_of_zero_is_none_and_the_clock_is_that_of_the_server() {
    assert_eq!(of(503, &[("retry-after", "0")], "").wait, None);
    let pairs = [
        ("retry-after", "Fri, 15 May 2020 12:10:30 GMT"),
        ("date", "Fri, 15 May 2020 12:10:00 GMT"),
    ];
    let wait = of(503, &pairs, "").wait.unwrap().duration;
    assert_eq!(wait, Duration::from_secs(30));
}
