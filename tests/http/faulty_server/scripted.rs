//! Failures in the place of a body are those that a client sees over real sockets.

use super::{SHORT, http2};
use reqwest::Client;
use resilient_examples::client;
use resilient_runtime::{
    ApiError, Class, Classification, SendChecked as _, resilient,
    testing::{
        script::{self, script},
        server::{
            self, Answer, FaultyServer, anthropic, close, gemini, goaway, openai, refused_stream,
            reset, status,
        },
    },
};
use std::time::Duration;

/// One attempt.
#[resilient(name = "read", attempts = 1)]
async fn read(http: &Client, url: &str) -> Result<String, ApiError> {
    Ok(http.get(url).send_checked().await?.text().await?)
}

/// The same with a timeout, for a server that never answers.
#[resilient(name = "read_briefly", attempts = 1, timeout = SHORT)]
async fn read_briefly(http: &Client, url: &str) -> Result<String, ApiError> {
    Ok(http.get(url).send_checked().await?.text().await?)
}

/// The failure over sockets, and the scripted one.
async fn both(http: &Client, server: &FaultyServer, answer: Answer) -> [Classification; 2] {
    server.answer(answer.clone());
    let real = read(http, &server.url()).await.unwrap_err();
    let outcomes = [script::answer(answer)];
    let scripted = script("read", outcomes, read(http, &server.url())).await;
    let scripted = scripted.unwrap_err();
    assert_eq!(scripted.history().attempts.len(), 1);
    [real, scripted].map(|error| error.failure().clone())
}

#[tokio::test]
async fn each_scripted_response_is_classified_as_over_sockets() {
    let server = FaultyServer::start().await;
    let http = client();
    let mut answers: Vec<Answer> = (400..600).map(status).collect();
    answers.extend([429, 503, 529].map(|code| status(code).retry_after(Duration::from_secs(2))));
    answers.extend([
        status(429).retry_after(Duration::from_millis(1_500)),
        status(429).header("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT"),
        status(503).header("x-should-retry", "false"),
        status(400).header("x-should-retry", "true"),
        status(429)
            .header("x-ratelimit-remaining-requests", "0")
            .header("x-ratelimit-reset-requests", "6m0s"),
        status(502).body("<html><title>502 Bad Gateway</title></html>"),
        openai::invalid_request(),
        openai::context_length(),
        openai::content_filter(),
        openai::authentication(),
        openai::permission(),
        openai::not_found(),
        openai::rate_limited(),
        openai::quota_exhausted(),
        openai::server_error(),
        openai::overloaded(),
        openai::gateway_timeout(),
        openai::timeout(),
        anthropic::invalid_request(),
        anthropic::content_filter(),
        anthropic::not_found(),
        anthropic::quota_exhausted(),
        anthropic::gateway_timeout(),
        gemini::authentication(),
        gemini::permission(),
        gemini::not_found(),
        gemini::rate_limited(),
        gemini::quota_exhausted(),
        gemini::overloaded(),
    ]);
    for answer in answers {
        let name = answer.to_string();
        let [real, scripted] = both(&http, &server, answer).await;
        assert_eq!(real, scripted, "{name}");
    }
}

#[tokio::test]
async fn each_scripted_fault_of_the_connection_has_the_class_that_it_has_over_sockets() {
    for (http, faults) in [
        (client(), [reset as fn() -> Answer, close].as_slice()),
        (http2::client(), &[goaway, refused_stream, reset, close]),
    ] {
        for fault in faults {
            let name = fault().to_string();
            // A connection of its own, as after a fault.
            let server = FaultyServer::start().await;
            let failures = both(&http, &server, fault()).await;
            let [real, scripted] = failures.map(|failure| {
                let Classification {
                    class, retryable, ..
                } = failure;
                (class, retryable, failure.processed, failure.wait)
            });
            assert_eq!(real, scripted, "{name}");
        }
    }
}

#[tokio::test]
async fn a_scripted_hang_is_a_timeout_as_over_sockets() {
    let server = FaultyServer::start().await;
    server.answer(server::hang());
    let http = client();
    let url = server.url();
    let real = read_briefly(&http, &url).await.unwrap_err();
    let scripted = script("read_briefly", [script::hang()], read_briefly(&http, &url)).await;
    let scripted = scripted.unwrap_err();
    assert_eq!(real.failure(), scripted.failure());
    assert_eq!(scripted.failure().class, Class::Timeout);
}
