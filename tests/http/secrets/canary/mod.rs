//! A canary in every form of a secret that users have reported, and every output that could show
//! it.

mod table;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use resilient_runtime::{ApiError, CallError, Classify, Policy, Redacted, call};
use resilient_tests::{Recorder, in_paused_time, printed, sources};
use std::collections::BTreeSet;
use table::{ANSWERS, ECHOES, FORMS, REQUESTS, Row, Sent};

/// Random letters, as those of a key.
const KEY: &str = "Zq7Ab3Cd9Ef1Gh5Ij2Kl8Mn4";

/// Parts of it, as they are, as base64 and percent-encoded, in lower case.
const PARTS: &[&str] = &[
    "zq7a",
    "8mn4",
    "wne3qwiz",
    "s2w4tw40",
    "%5a%71%37%41",
    "5a713741",
];

fn headers(name: &'static str, value: &str, is_sensitive: bool) -> HeaderMap {
    let mut value = HeaderValue::from_str(value).unwrap();
    value.set_sensitive(is_sensitive);
    HeaderMap::from_iter([(HeaderName::from_static(name), value)])
}

/// A refused request, whose answer says this in every member that is shown.
fn refused(sent: Sent, told: &str) -> ApiError {
    let message = serde_json::Value::from(told);
    let answer = format!(
        r#"{{"error": {{"message": {message}, "code": {message}, "type": {message}, "param": {message}}}, "request_id": {message}}}"#
    );
    let none = HeaderMap::new();
    let answered = HeaderValue::from_bytes(told.as_bytes());
    let answered: HeaderMap = answered
        .map(|told| (HeaderName::from_static("x-request-id"), told))
        .into_iter()
        .collect();
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let error = ApiError::from_answer(status, &answered, answer.as_bytes()).method(Method::POST);
    let with_key = |text: &str| text.replace("KEY", KEY);
    let (url, headers, body) = match sent {
        Sent::Url(url) => (with_key(url), none, None),
        Sent::Header(name, value) => (String::new(), headers(name, &with_key(value), false), None),
        Sent::Sensitive(name, value) => {
            (String::new(), headers(name, &with_key(value), true), None)
        }
        Sent::Body(body) => (String::new(), none, Some(with_key(body))),
        Sent::Nothing => (String::new(), none, None),
    };
    let url = if url.is_empty() { "https://h/v1" } else { &url };
    error
        .url(url)
        .sent(&headers, body.as_ref().map(String::as_bytes))
}

/// Every output of a call that fails with this error, and of the log.
fn outputs(error: impl Fn() -> ApiError) -> Vec<(&'static str, String)> {
    let (recorder, _guard) = Recorder::start();
    let policy = Policy::new().attempts(2);
    let (own, wrapped, erased) = in_paused_time(async {
        let own: Result<(), ApiError> = call!(policy, async { Err(error()) }).await;
        let wrapped: Result<(), CallError<ApiError>> =
            call!(policy, async { Err(error().into()) }).await;
        let erased: Result<(), anyhow::Error> = call!(policy, async { Err(error().into()) }).await;
        (own.unwrap_err(), wrapped.unwrap_err(), erased.unwrap_err())
    });
    assert_eq!(own.history().attempts.len(), 2);
    for message in ["attempt failed", "retrying", "giving up"] {
        assert!(!recorder.of(message).is_empty(), "{message}");
    }
    vec![
        ("Display", format!("{own}")),
        ("{:#}", format!("{own:#}")),
        ("Debug", format!("{own:?} {own:#?}")),
        ("sources", sources(&own)),
        (
            "Classification",
            format!("{:?} {:?}", own.failure(), own.classify()),
        ),
        ("history", format!("{} {:?}", own.history(), own.history())),
        ("curl", own.curl().unwrap()),
        ("request", own.request().unwrap()),
        ("body", own.body().unwrap().to_owned()),
        ("help", own.help().to_owned()),
        ("user_message", own.user_message()),
        ("CallError", printed(&wrapped) + &sources(&wrapped)),
        (
            "its history and class",
            format!("{:?} {:?}", wrapped.history(), wrapped.classify()),
        ),
        ("anyhow::Error", format!("{erased} {erased:#} {erased:?}")),
        ("events", format!("{:?}", recorder.events())),
        ("spans", format!("{:?}", recorder.spans())),
    ]
}

/// The outputs that show the key or a part of it, or lose the words around it.
fn leaks(form: &str, sent: Sent, told: &str) -> Vec<String> {
    let told = told.replace("KEY", KEY);
    let mut leaks = Vec::new();
    for (output, text) in outputs(|| refused(sent, &told)) {
        let lower = text.to_ascii_lowercase();
        if PARTS.iter().any(|part| lower.contains(part)) {
            leaks.push(format!("{form} in {output}, told: {told}"));
        }
    }
    let shown = refused(sent, &told).to_string();
    if !shown.contains(Redacted::BLANK) || !shown.contains("service") {
        leaks.push(format!("{form}, {told}: {shown}"));
    }
    leaks
}

#[test]
fn f82_f301_no_reported_form_of_a_secret_is_in_any_output() {
    let mut found = Vec::new();
    for Row { form, sent } in REQUESTS {
        for (_, echo) in ECHOES {
            found.extend(leaks(
                form,
                *sent,
                &format!("about {echo} the service knows nothing"),
            ));
        }
    }
    for (form, told) in ANSWERS {
        found.extend(leaks(form, Sent::Nothing, told));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn f82_every_reported_form_of_a_secret_has_a_row() {
    let requests = REQUESTS.iter().map(|row| row.form);
    let answers = ANSWERS.iter().chain(ECHOES).map(|(form, _)| *form);
    let found: BTreeSet<&str> = requests.chain(answers).collect();
    assert_eq!(found, FORMS.iter().copied().collect());
}
