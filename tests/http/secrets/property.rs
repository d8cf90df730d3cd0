//! A random key at a random place of a request or an answer appears in no output.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use proptest::prelude::*;
use resilient_runtime::{ApiError, Policy, call};
use resilient_tests::{Recorder, printed};
use std::{future::Future, pin::pin, task};

/// Places of a request.
const SENT: &[&str] = &[
    "authorization: Bearer KEY",
    "authorization: KEY",
    "x-mine: KEY",
    "cookie: theme=dark; id=KEY",
    "url: https://h/?api_key=KEY",
    "url: https://h/?q=KEY",
    "url: https://h/?KEY",
    "url: https://h/?KEY=1",
    "url: https://h/x/KEY/y",
    "url: https://h/bot123:KEY/y",
    "url: https://h/x;jsessionid=KEY",
    "url: https://u:KEY@h/",
    "url: https://KEY.h/",
    "body: {\"password\": \"KEY\"}",
    "body: {\"a\": [{\"apiKey\": [\"KEY\"]}]}",
    "body: [\"x\", \"KEY\"]",
    "body: user=ada&password=KEY",
    "body: q=KEY",
    "body: <login><password>KEY</password></login>",
    "body: <s:Login Token='KEY'/>",
    "body: <x>KEY</x>",
    "body: --x\r\ncontent-disposition: form-data; name=\"token\"\r\n\r\nKEY\r\n--x--",
    "body: password: 'KEY'",
    "body: KEY",
];

/// Those of them where a name says that it is a secret.
const NAMED: &[&str] = &[
    "authorization: Bearer KEY",
    "authorization: KEY",
    "x-api-key: KEY",
    "cookie: theme=dark; id=KEY",
    "url: https://h/?api_key=KEY",
    "url: https://h/bot123:KEY/y",
    "url: https://h/x;jsessionid=KEY",
    "url: https://u:KEY@h/",
    "body: {\"password\": \"KEY\"}",
    "body: {\"a\": [{\"apiKey\": [\"KEY\"]}]}",
    "body: {\"arguments\": \"{\\\"password\\\": \\\"KEY\\\"}\"}",
    "body: user=ada&password=KEY",
    "body: <login><password>KEY</password></login>",
    "body: <s:Login Token='KEY'/>",
    "body: --x\r\ncontent-disposition: form-data; name=\"token\"\r\n\r\nKEY\r\n--x--",
    "body: password: 'KEY'",
];

/// Forms of an answer that repeats what was sent.
const ECHOED: &[&str] = &["KEY", "what is KEY?", "(KEY)", "<b>KEY</b>", "GET /x/KEY"];

/// Forms of an answer with a secret that was not sent, whatever its letters.
const ANNOUNCED: &[&str] = &[
    "the token: KEY is old",
    "accessToken=KEY",
    "Authorization: Bearer KEY",
    "postgres://u:KEY@h/x",
    "AccountKey=KEY",
    "GET https://h/?api_key=KEY",
    "{'secret': 'KEY'}",
];

/// The same, where words of other letters may be ordinary ones.
const TOLD: &[&str] = &[
    "password is KEY",
    "password \"KEY\"",
    "key KEY is invalid",
    "Incorrect API key provided: KEY.",
];

/// The key as a server repeats it.
fn form(key: &str, form: usize) -> String {
    match form {
        0 => key.to_owned(),
        1 => key.to_lowercase(),
        2 => key.to_uppercase(),
        3 => key
            .bytes()
            .flat_map(|b| format!("%{b:02x}").into_bytes())
            .map(char::from)
            .collect(),
        _ => key.get(..12).unwrap_or(key).to_owned(),
    }
}

fn headers(line: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some((name, value)) = line.split_once(": ") {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

fn failure(sent: &str, told: &str) -> ApiError {
    let message = serde_json::Value::from(told);
    let answer = format!(
        r#"{{"error": {{"message": {message}, "code": {message}, "type": {message}, "param": {message}}}, "request_id": {message}}}"#
    );
    let mut answered = HeaderMap::new();
    answered.insert("x-request-id", HeaderValue::from_str(told).unwrap());
    let error = ApiError::from_answer(StatusCode::UNAUTHORIZED, &answered, answer.as_bytes());
    let (place, value) = sent.split_once(": ").unwrap_or_default();
    match place {
        "url" => error.url(value),
        "body" => error
            .url("https://h/")
            .sent(&HeaderMap::new(), Some(value.as_bytes())),
        _ => error.url("https://h/").sent(&headers(sent), None),
    }
}

/// All that an error and its events show.
pub(super) fn shown(sent: &str, told: &str) -> String {
    let (recorder, _guard) = Recorder::start();
    let policy = Policy::new().attempts(1);
    let failed = call!(policy, async { Err::<(), _>(failure(sent, told)) });
    let waker = task::Waker::noop();
    let task::Poll::Ready(Err(error)) = pin!(failed).poll(&mut task::Context::from_waker(waker))
    else {
        panic!("nothing is awaited");
    };
    assert!(!recorder.events().is_empty());
    format!(
        "{} {:?} {:?} {:?} {:?} {:?} {:?}",
        printed(&error),
        error.curl(),
        error.body(),
        error.request(),
        error.history(),
        recorder.events(),
        recorder.spans()
    )
}

/// At least 24 letters in which digits, capitals and others alternate.
fn key() -> impl Strategy<Value = String> {
    let part = ("[A-Za-z]{1,2}", "[0-9]{1,2}");
    let parts = proptest::collection::vec(part, 12..20);
    parts.prop_map(|parts| parts.into_iter().map(|(a, b)| a + &b).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn f276_a_random_key_of_a_request_appears_in_no_output(
        key in key(), sent in 0..SENT.len(), echoed in 0..ECHOED.len(), case in 0..5_usize,
    ) {
        let sent = SENT[sent].replace("KEY", &key);
        let echo = form(&key, case);
        let told = ECHOED[echoed].replace("KEY", &echo);
        let shown = shown(&sent, &told);
        prop_assert!(!shown.to_lowercase().contains(&key.to_lowercase()[..10]), "{sent}; {told}: {shown}");
        prop_assert!(!shown.contains(&echo), "{sent}; {told}: {shown}");
    }

    #[test]
    fn f276_a_random_key_of_an_answer_appears_in_no_output(key in key(), told in 0..TOLD.len()) {
        let told = TOLD[told].replace("KEY", &key);
        let shown = shown("url: https://h/", &told);
        prop_assert!(!shown.contains(&key[..10]), "{told}: {shown}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn f276_a_named_key_of_any_letters_and_at_least_eight_of_them_appears_in_no_output(
        key in "[A-Za-z]{8,40}|[0-9]{8,40}|[a-z0-9]{8,12}", sent in 0..NAMED.len(), echoed in 0..ECHOED.len(),
        case in 0..5_usize,
    ) {
        // A part is found of a key of at least sixteen.
        let case = if case == 4 && key.len() < 16 { 0 } else { case };
        let sent = NAMED[sent].replace("KEY", &key);
        let echo = form(&key, case);
        let told = ECHOED[echoed].replace("KEY", &echo);
        let shown = shown(&sent, &told).to_lowercase();
        let echo = echo.to_lowercase();
        prop_assert!(!shown.contains(&key.to_lowercase()) && !shown.contains(&echo), "{sent}; {told}: {shown}");
    }

    #[test]
    fn f276_an_announced_key_of_any_letters_appears_in_no_output(
        key in "[A-Z]{4,40}|[A-Za-z0-9]{5,40}", told in 0..ANNOUNCED.len(),
    ) {
        // Words of the output itself are no keys.
        prop_assume!(!shown("url: https://h/", "x").contains(&key));
        let told = ANNOUNCED[told].replace("KEY", &key);
        let shown = shown("url: https://h/", &told);
        prop_assert!(!shown.contains(&key), "{told}: {shown}");
    }
}
