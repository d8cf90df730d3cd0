//! The server sends each answer in its form on the wire.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::{RequestBuilder, Response};
use resilient_examples::{Answer, Server, client};
use serde_json::{Value, json};

const KEY: &str = "sk-proj-0123456789abcdefghijWXYZ";

fn request(base: &str) -> RequestBuilder {
    let body = json!({ "model": "gpt-test", "messages": [{ "role": "user", "content": "Hello" }] });
    client()
        .post(format!("{base}/v1/chat/completions"))
        .bearer_auth(KEY)
        .json(&body)
}

async fn ask(base: &str) -> reqwest::Result<Response> {
    request(base).send().await
}

async fn error_of(response: Response) -> Value {
    response.json::<Value>().await.unwrap()["error"].take()
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    causes(error)
        .find_map(|cause| cause.downcast_ref::<io::Error>())
        .map(io::Error::kind)
}

fn says(error: &reqwest::Error, text: &str) -> bool {
    causes(error).any(|cause| cause.to_string().contains(text))
}

#[tokio::test]
async fn ok_is_a_complete_chat_completion_for_the_model_asked() {
    let server = Server::start().await;
    let base = server.script("ok", [Answer::ok("Good morning.")]);

    let response = ask(&base).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["x-request-id"], "req_ok_1");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["object"], "chat.completion");
    assert_eq!(body["model"], "gpt-test");
    assert_eq!(body["choices"][0]["message"]["content"], "Good morning.");
    assert_eq!(body["choices"][0]["finish_reason"], "stop");
}

#[tokio::test]
async fn answers_come_in_order_and_the_last_one_repeats() {
    let server = Server::start().await;
    let base = server.script("row", [500, 503, 400].map(Answer::status));

    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(ask(&base).await.unwrap().status().as_u16());
    }
    assert_eq!(seen, [500, 503, 400, 400]);
}

#[tokio::test]
async fn each_script_counts_its_own_requests_and_keys() {
    let server = Server::start().await;
    let first = server.script("first", [Answer::reset(), Answer::ok("")]);
    let second = server.script("second", [Answer::ok("")]);

    assert!(
        request(&first)
            .header("idempotency-key", "a")
            .send()
            .await
            .is_err()
    );
    assert!(
        request(&first)
            .header("idempotency-key", "b")
            .send()
            .await
            .is_ok()
    );
    assert!(ask(&second).await.is_ok());
    assert_eq!(
        (server.requests("first"), server.requests("second")),
        (2, 1)
    );
    assert_eq!(server.idempotency_keys("first"), ["a", "b"]);
    assert!(server.idempotency_keys("second").is_empty());

    server.script("first", [Answer::ok("")]);
    assert_eq!(
        (server.requests("first"), server.requests("second")),
        (0, 1)
    );
}

#[tokio::test]
#[should_panic(expected = "no script named \"frist\"")]
async fn a_misspelt_name_is_not_a_count_of_zero() {
    Server::start().await.requests("frist");
}

#[tokio::test]
async fn a_path_without_a_script_is_404() {
    let server = Server::start().await;
    let base = server
        .script("known", [Answer::ok("")])
        .replace("known", "other");
    assert_eq!(ask(&base).await.unwrap().status(), 404);
}

#[tokio::test]
async fn errors_have_the_body_that_the_provider_sends() {
    let server = Server::start().await;
    for (status, code) in [
        (400, json!("decimal_above_max_value")),
        (401, json!("invalid_api_key")),
        (403, json!("unsupported_country_region_territory")),
        (404, json!("model_not_found")),
        (429, json!("rate_limit_exceeded")),
        (500, Value::Null),
        (503, Value::Null),
    ] {
        let response = ask(&server.script("error", [Answer::status(status)]))
            .await
            .unwrap();
        assert_eq!(response.status(), status);
        let error = error_of(response).await;
        assert_eq!(error["code"], code, "{status}");
        assert!(error["message"].is_string(), "{status}");
    }
}

#[tokio::test]
async fn quota_is_a_429_that_tells_itself_apart_only_in_the_body() {
    let server = Server::start().await;
    let response = ask(&server.script("quota", [Answer::quota()]))
        .await
        .unwrap();
    assert_eq!(response.status(), 429);
    let error = error_of(response).await;
    assert_eq!(error["code"], "insufficient_quota");
    assert_eq!(error["type"], "insufficient_quota");
}

#[tokio::test]
async fn a_401_echoes_the_callers_key_with_its_middle_masked() {
    let server = Server::start().await;
    let response = ask(&server.script("key", [Answer::status(401)]))
        .await
        .unwrap();
    let message = error_of(response).await["message"].to_string();
    assert!(
        message.contains("sk-proj-********************WXYZ"),
        "{message}"
    );
}

#[tokio::test]
async fn gateways_answer_in_html() {
    let server = Server::start().await;
    for status in [502, 504] {
        let response = ask(&server.script("gateway", [Answer::status(status)]))
            .await
            .unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["content-type"], "text/html");
        assert!(
            response
                .text()
                .await
                .unwrap()
                .contains("<center>nginx</center>")
        );
    }
}

#[tokio::test]
async fn headers_and_bodies_of_the_script_win_over_the_usual_ones() {
    let server = Server::start().await;
    let answer = Answer::status(429)
        .header("retry-after", "1")
        .header("retry-after-ms", "250")
        .header("x-request-id", "req_mine")
        .body("slow down");

    let response = ask(&server.script("own", [answer])).await.unwrap();
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(response.headers()["retry-after-ms"], "250");
    assert_eq!(response.headers()["x-request-id"], "req_mine");
    assert_eq!(response.headers()["content-type"], "text/plain");
    assert_eq!(response.text().await.unwrap(), "slow down");
}

#[tokio::test]
async fn reset_is_econnreset() {
    let server = Server::start().await;
    let error = ask(&server.script("reset", [Answer::reset()]))
        .await
        .unwrap_err();
    assert_eq!(
        io_kind(&error),
        Some(io::ErrorKind::ConnectionReset),
        "{error:?}"
    );
}

#[tokio::test]
async fn empty_is_a_close_without_an_answer_and_without_a_reset() {
    let server = Server::start().await;
    let error = ask(&server.script("empty", [Answer::empty()]))
        .await
        .unwrap_err();
    assert_eq!(io_kind(&error), None, "{error:?}");
    assert!(
        says(&error, "connection closed before message completed"),
        "{error:?}"
    );
}

#[tokio::test]
async fn cut_is_a_200_whose_body_breaks_off() {
    let server = Server::start().await;
    let response = ask(&server.script("cut", [Answer::cut()])).await.unwrap();
    assert_eq!(response.status(), 200);
    let error = response.bytes().await.unwrap_err();
    assert!(
        says(&error, "end of file before message length reached"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_hang_neither_ends_nor_holds_up_others_until_the_server_is_dropped() {
    let server = Server::start().await;
    let mut hung = tokio::spawn(request(&server.script("hang", [Answer::hang()])).send());
    while server.requests("hang") == 0 {
        tokio::task::yield_now().await;
    }

    let other = server.script("other", [Answer::ok("")]);
    for _ in 0..3 {
        assert_eq!(ask(&other).await.unwrap().status(), 200);
    }
    assert!(!hung.is_finished());

    drop(server);
    assert!((&mut hung).await.unwrap().is_err());
}

#[tokio::test]
async fn a_client_may_give_up_on_a_hang() {
    let server = Server::start().await;
    let base = server.script("hang", [Answer::hang(), Answer::ok("")]);
    let error = request(&base)
        .timeout(Duration::from_millis(50))
        .send()
        .await
        .unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(ask(&base).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_dropped_server_refuses_connections() {
    let server = Server::start().await;
    let base = server.script("gone", [Answer::ok("")]);
    drop(server);
    assert!(ask(&base).await.unwrap_err().is_connect());
}
