//! The request of a failure: in flight when an attempt is cut, redirected, and never with its body
//! in a report.

use super::FAST;
use resilient_examples::{Answer, Server, client};
use resilient_runtime::{ApiError, CallError, Class, Processed, SendChecked, call, resilient};
use resilient_tests::{printed, sources};
use std::{error::Error, time::Duration};

/// Appears only in the body of the request.
const PROMPT: &str = "my neighbour Ada has measles";

fn request(url: &str) -> reqwest::RequestBuilder {
    client()
        .post(url)
        .body(format!(r#"{{"prompt": "{PROMPT}"}}"#))
}

#[resilient(policy = FAST, attempts = 2)]
async fn ask(url: &str) -> Result<String, ApiError> {
    Ok(request(url).send_checked().await?.text().await?)
}

#[resilient(policy = FAST, attempts = 2)]
async fn ask_on_record(url: &str) -> Result<String, ApiError> {
    let request = request(url).record_body();
    Ok(request.send_checked().await?.text().await?)
}

fn without_the_prompt(error: &impl Error) {
    let shown = printed(error) + &sources(error);
    for part in ["measles", "prompt", "--data"] {
        assert!(!shown.contains(part), "{part} in {shown}");
    }
}

#[resilient_runtime::test(no_waits)]
async fn f123_f270_no_part_of_the_requests_body_is_kept_unless_asked_for_and_none_is_in_a_report() {
    let server = Server::start().await;
    let bad = Answer::status(400).body(r#"{"error":{"message":"no"}}"#);
    let url = server.script("test", [bad]);
    let hanging = server.script("hang", [Answer::hang(), Answer::hang()]);
    let mut errors = Vec::new();
    for url in [&url, &hanging] {
        errors.extend([ask(url).await, ask_on_record(url).await]);
    }
    drop(server);
    errors.extend([ask(&url).await, ask_on_record(&url).await]);
    for (at, error) in errors.into_iter().map(Result::unwrap_err).enumerate() {
        let curl = error.curl().unwrap();
        if at % 2 == 1 {
            assert!(curl.contains(PROMPT), "{curl}");
        } else {
            let left_out = "--data-raw '[42 bytes; `record_body` records them]'";
            assert!(curl.ends_with(left_out), "{curl}");
        }
        without_the_prompt(&error);
        let history = error.history();
        let shown = format!("{history} {history:?} {:?}", error.failure());
        assert!(!shown.contains("measles"), "{shown}");
        if let Some(rejection) = error.rejection() {
            without_the_prompt(rejection);
        }
        without_the_prompt(&CallError::from(error));
    }
}

#[resilient_runtime::test(no_waits)]
async fn f270_only_json_is_recorded_and_of_other_bodies_size_and_type() {
    let server = Server::start().await;
    let url = server.script("test", [Answer::status(400)]);
    let request = || {
        client()
            .post(&url)
            .header("content-type", "text/plain; charset=utf-8")
    };
    for (request, expected) in [
        (
            request().body("a note"),
            "--data-raw '[6 bytes of text/plain]'",
        ),
        (
            client().post(&url).body("a note"),
            "--data-raw '[6 bytes of an unknown type]'",
        ),
        (
            request().body(""),
            "-H 'content-type: text/plain; charset=utf-8'",
        ),
    ] {
        let error = request.record_body().send_checked().await.unwrap_err();
        let curl = error.curl().unwrap();
        assert!(curl.ends_with(expected), "{curl}");
    }
}

#[resilient_runtime::test(no_waits)]
async fn f124_a_timeout_names_the_request_in_flight() {
    let server = Server::start().await;
    let url = server.script("test", [Answer::hang(), Answer::hang()]);
    let error = ask(&url).await.unwrap_err();
    assert_eq!(error.failure().class, Class::Timeout);
    assert_eq!(error.request().unwrap(), format!("POST {url}"));
    assert!(
        format!("{error:#}").contains(&format!("\n  request: POST {url}\n")),
        "{error:#}"
    );
    assert!(error.curl().unwrap().contains("--data-raw"));
}

#[resilient_runtime::test(no_waits)]
async fn f124_a_deadline_names_the_request_in_flight_of_a_nested_call() {
    let server = Server::start().await;
    let url = server.script("test", [Answer::hang()]);
    let policy = FAST.no_timeout().deadline(Duration::from_millis(100));
    let failed: Result<String, ApiError> = call!(policy, async { ask(&url).await }).await;
    let error = failed.unwrap_err();
    assert_eq!(error.failure().class, Class::Deadline);
    assert_eq!(error.request().unwrap(), format!("POST {url}"));
}

#[resilient_runtime::test(no_waits)]
async fn f124_a_timeout_does_not_name_the_request_of_another_call() {
    let server = Server::start().await;
    let url = server.script("test", [Answer::hang(), Answer::hang()]);
    let policy = FAST.attempts(1).timeout(Duration::from_millis(50));
    // A call that is dropped, and one that gives up a request by itself.
    let _ = tokio::time::timeout(Duration::from_millis(50), ask(&url)).await;
    let failed: Result<(), ApiError> = call!(policy, async { std::future::pending().await }).await;
    assert_eq!(failed.unwrap_err().request(), None);
    let failed: Result<(), ApiError> = call!(policy, async {
        let request = client().get(&url).send_checked();
        let _ = tokio::time::timeout(Duration::from_millis(10), request).await;
        std::future::pending().await
    })
    .await;
    assert_eq!(failed.unwrap_err().request(), None);
}

#[resilient_runtime::test(no_waits)]
async fn f126_a_redirected_request_may_have_been_processed() {
    let server = Server::start().await;
    let busy = server.script("busy", [Answer::status(429), Answer::status(429)]);
    // The order has been taken, and its page is elsewhere.
    let taken = Answer::status(303).header("location", &busy);
    let url = server.script("test", [taken]);
    for (url, processed) in [(url, Processed::Maybe), (busy, Processed::No)] {
        let error = client().post(&url).send_checked().await.unwrap_err();
        let failure = error.failure();
        let told = (failure.class, failure.processed);
        assert_eq!(told, (Class::RateLimited, processed), "{url}");
    }
    let direct = client().post("http://127.0.0.1:1/").send_checked().await;
    assert_eq!(direct.unwrap_err().failure().processed, Processed::No);
}
