//! Failures of a real server as `ApiError`: nothing of the answer is lost, nothing secret gets out, no body holds it up.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code fails loudly"
)]

use resilient_examples::{Answer, Server, client};
use resilient_runtime::{
    ApiError, Backoff, Breaker, CallError, Class, Classify, IntoApiResult, Policy, Rate,
    SendChecked, Upstream, WaitOrigin, call, decide::GiveUp, resilient,
};
use resilient_tests::{CANARY, clean, printed, sources};
use std::{error::Error, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// Real sockets need the real clock, so the waits are short.
const FAST: Policy = Policy::new()
    .attempts(3)
    .timeout(Duration::from_millis(300))
    .backoff(Backoff::exponential(Duration::from_millis(5)));

#[resilient(policy = FAST)]
async fn read(url: &str) -> Result<String, ApiError> {
    let response = client().get(url).send().await?;
    Ok(response.into_api_result().await?.text().await?)
}

/// What reading ends in, and how many requests it took.
async fn outcome(answers: impl IntoIterator<Item = Answer>) -> (Result<String, ApiError>, usize) {
    let server = Server::start().await.unwrap();
    let url = server.script("test", answers);
    (read(&url).await, server.requests("test"))
}

async fn failure(answer: Answer) -> ApiError {
    let server = Server::start().await.unwrap();
    let url = server.script("test", [answer]);
    let response = client().get(url).send().await.unwrap();
    response.into_api_result().await.unwrap_err()
}

#[tokio::test]
async fn a_success_is_passed_on_with_its_body() {
    let answer = Answer::status(200).body(r#"{"error": {"code": "slow_down"}}"#);
    let (result, requests) = outcome([answer]).await;
    assert_eq!(result.unwrap(), r#"{"error": {"code": "slow_down"}}"#);
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn nothing_of_the_answer_is_lost() {
    let answer = Answer::status(429)
        .header("x-request-id", "req_7")
        .header("retry-after", "7")
        .header("x-ratelimit-remaining-tokens", "12")
        .body(r#"{"error":{"message":"Slow down","type":"tokens","param":"messages","code":"slow_down"}}"#);
    let error = failure(answer).await;
    let found = error.failure();
    assert_eq!((found.class, found.status), (Class::Overloaded, Some(429)));
    assert_eq!(found.message.as_deref(), Some("Slow down"));
    assert_eq!(found.code.as_deref(), Some("slow_down"));
    assert_eq!(found.kind.as_deref(), Some("tokens"));
    assert_eq!(found.param.as_deref(), Some("messages"));
    assert_eq!(found.request_id.as_deref(), Some("req_7"));
    let wait = found.wait.unwrap();
    assert_eq!(
        (wait.duration, wait.origin),
        (Duration::from_secs(7), WaitOrigin::RetryAfter)
    );
    assert_eq!(found.limits.as_ref().unwrap().tokens.remaining, Some(12));
    assert!(error.body().unwrap().contains("Slow down"));
    assert!(error.request().unwrap().starts_with("http://127.0.0.1"));
    assert!(error.source().is_none());
}

#[tokio::test]
async fn f23_an_exhausted_quota_is_asked_for_once() {
    let (result, requests) = outcome([Answer::quota().header("retry-after", "1")]).await;
    let error = result.unwrap_err();
    assert_eq!(error.failure().class, Class::QuotaExhausted);
    assert_eq!(error.history().gave_up, Some(GiveUp::NotRetryable));
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn an_overload_under_another_status_heals() {
    let busy = Answer::status(429).body(r#"{"error":{"code":"server_is_overloaded"}}"#);
    let (result, requests) = outcome([busy, Answer::status(200).body("well")]).await;
    assert_eq!(result.unwrap(), "well");
    assert_eq!(requests, 2);
}

#[tokio::test]
async fn the_report_tells_every_attempt_and_what_to_do() {
    let (result, _) = outcome([
        Answer::status(500).header("x-request-id", "req_1"),
        Answer::status(400)
            .header("x-request-id", "req_2")
            .body(r#"{"error":{"message":"No such role","param":"messages","code":"bad_role"}}"#),
    ])
    .await;
    let error = result.unwrap_err();
    let line = error.to_string();
    assert!(
        line.starts_with("invalid_request (400): No such role; after 2 attempts in "),
        "{line}"
    );
    assert!(!line.contains('\n'), "{line}");
    let report = format!("{error:#}");
    for part in [
        "\n  attempt 1 at ",
        "server_error (500)",
        "waited",
        "\n  attempt 2 at ",
        "\n  request: http://127.0.0.1:",
        "\n  request id: req_2",
        "\n  code: bad_role",
        "\n  parameter: messages",
        "\n  advice: ",
    ] {
        assert!(report.contains(part), "no {part:?} in {report}");
    }
}

#[tokio::test]
async fn the_report_names_the_setting_that_would_have_let_the_call_go_on() {
    let (result, requests) = outcome([Answer::status(429).header("retry-after", "500")]).await;
    let report = format!("{:#}", result.unwrap_err());
    assert_eq!(requests, 1);
    assert!(
        report.contains("the server asks for: 500.0s (retry-after)"),
        "{report}"
    );
    assert!(
        report.contains("\n  advice: raise `max_retry_after`"),
        "{report}"
    );

    let isolated: CallError<std::io::Error> = {
        static DOWN: Upstream = Upstream::new("down").breaker(Breaker::new());
        DOWN.isolate();
        call!(upstream = DOWN, async {
            Ok::<_, CallError<std::io::Error>>(())
        })
        .await
        .unwrap_err()
    };
    let report = format!("{isolated:#}");
    assert!(report.contains("release it"), "{report}");
    assert!(!report.contains("the server asks for"), "{report}");
}

#[tokio::test]
async fn an_attempt_that_is_cut_and_a_server_that_is_not_there_are_told_too() {
    let (result, requests) = outcome([Answer::hang()]).await;
    let error = result.unwrap_err();
    assert_eq!(error.failure().class, Class::Timeout);
    assert!(error.rejection().is_some());
    assert_eq!((error.history().attempts.len(), requests), (3, 3));

    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", gone.local_addr().unwrap());
    drop(gone);
    let error = read(&url).await.unwrap_err();
    assert_eq!(error.failure().class, Class::Connect);
    assert_eq!(error.history().attempts.len(), 3);
    assert!(error.source().unwrap().is::<reqwest::Error>());
    assert!(error.request().unwrap().starts_with(&url));
}

/// Answers one request with a head, then with `chunk` as often as it is taken; then keeps the connection if `kept`.
async fn raw(head: &'static str, chunk: Vec<u8>, times: usize, kept: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4_096]).await;
        stream.write_all(head.as_bytes()).await.unwrap();
        for _ in 0..times {
            if stream.write_all(&chunk).await.is_err() {
                return;
            }
        }
        if kept {
            std::future::pending::<()>().await;
        }
    });
    url
}

const HEAD: &str =
    "HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\ncontent-length: 1000000000\r\n\r\n";

async fn read_raw(url: &str) -> ApiError {
    let response = client().get(url).send().await.unwrap();
    tokio::time::pause(); // What has come is read first; then the clock moves on to the end of the time.
    let error = response.into_api_result().await.unwrap_err();
    tokio::time::resume();
    assert_eq!(error.failure().status, Some(429));
    assert_eq!(
        error.failure().wait.unwrap().duration,
        Duration::from_secs(7)
    );
    error
}

#[tokio::test]
async fn a_body_that_never_ends_trickles_or_breaks_off_gives_an_error_with_its_status() {
    let endless = raw(HEAD, vec![b'x'; 64 * 1024], usize::MAX, true).await;
    assert_eq!(read_raw(&endless).await.failure().class, Class::RateLimited);
    let trickling = raw(HEAD, b"{".to_vec(), 1, true).await;
    assert_eq!(
        read_raw(&trickling).await.failure().class,
        Class::RateLimited
    );
    let silent = raw(HEAD, Vec::new(), 0, true).await;
    assert_eq!(read_raw(&silent).await.body(), None);
    let said = b"{\"error\":{\"code\":\"insufficient_quota\"}}".to_vec();
    let broken = raw(HEAD, said, 1, false).await;
    assert_eq!(
        read_raw(&broken).await.failure().class,
        Class::QuotaExhausted
    );
}

/// Everything that an error shows, its sources included.
fn clean_error(error: &ApiError) {
    clean(&printed(error));
    clean(&format!("{:?} {:?}", error.request(), error.body()));
    clean(&format!("{:?} {}", error.classify(), sources(error)));
}

#[tokio::test]
async fn f82_no_secret_of_the_request_or_the_answer_gets_out() {
    let server = Server::start().await.unwrap();
    let body = format!(
        r#"{{"error":{{"message":"Incorrect API key provided: sk-{CANARY}"}},"api_key":"{CANARY}"}}"#
    );
    let base = server.script("test", [Answer::status(401).body(body)]);
    let query = format!("?k={CANARY}&{CANARY}&api-version=2024-10-21#{CANARY}");
    let secret = base.replace("http://", &format!("http://user:{CANARY}@")) + &query;
    let error = read(&secret).await.unwrap_err();
    clean_error(&error);
    assert!(
        error
            .request()
            .unwrap()
            .ends_with("/test?k=…&…&api-version=2024-10-21"),
        "{error:#}"
    );
    assert_eq!(error.history().attempts.len(), 1);

    // No server, and a URL that is none.
    drop(server);
    clean_error(&read(&secret).await.unwrap_err());
    clean_error(&read(&format!("nonsense://host/{query}")).await.unwrap_err());
    let url = format!("https://u:{CANARY}@h/?key={CANARY}");
    clean_error(
        &ApiError::from_transport("it broke")
            .url(&url)
            .method(http::Method::PUT),
    );
}

fn sendable<T: Send + Sync + 'static>(_: &T) {}

#[tokio::test]
async fn it_stands_in_other_errors_for_what_it_is() {
    let error = CallError::from(failure(Answer::quota()).await);
    assert_eq!(error.classify().class, Class::QuotaExhausted);
    let boxed = ApiError::from_transport(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    assert_eq!(boxed.failure().class, Class::Network);
    sendable(&boxed);
    let anyhow = anyhow::Error::from(failure(Answer::quota()).await).context("asking");
    assert_eq!(anyhow.classify().class, Class::QuotaExhausted);
}

#[tokio::test]
async fn the_request_can_be_repeated_without_its_secrets() {
    let server = Server::start().await.unwrap();
    let base = server.script("test", [Answer::status(401)]);
    let body = format!("{{\"model\": \"it's\",\n\"api_key\": \"{CANARY}\"}}");
    let sent = || {
        client()
            .post(format!("{base}?k={CANARY}"))
            .bearer_auth(CANARY)
            .header("x-custom", CANARY)
            .header("content-type", "application/json")
            .body(body.clone())
    };
    let error = sent().send_checked().await.unwrap_err();
    clean_error(&error);
    let curl = error.curl().unwrap();
    clean(&curl);
    assert!(format!("{error:#}").contains(&curl), "{error:#}");
    let start = format!("curl -X POST '{base}?k=…' ");
    assert!(curl.starts_with(&start), "{curl}");
    for part in [
        "-H 'authorization: …'",
        "-H 'x-custom: …'",
        "-H 'content-type: application/json'",
        r#"--data-raw '{"api_key":"[redacted]","model":"it'\''s"}'"#,
    ] {
        assert!(curl.contains(part), "no {part} in {curl}");
    }
    // Where the server is gone, the request is known too.
    let (known, again) = (start, sent());
    drop(server);
    let error = again.send_checked().await.unwrap_err();
    clean_error(&error);
    assert!(error.curl().unwrap().starts_with(&known), "{error:#}");
}

#[tokio::test]
async fn everybody_is_told_what_to_do() {
    let busy = failure(Answer::status(503).header("retry-after", "20")).await;
    let told = busy.user_message();
    assert_eq!(told, "The service is busy; please try again in 20 seconds.");
    let bad_key = Answer::status(401).body(r#"{"error":{"code":"invalid_api_key"}}"#);
    let bad_key = failure(bad_key).await;
    assert!(
        bad_key.help().contains("Authorization: Bearer"),
        "{}",
        bad_key.help()
    );
    assert!(format!("{bad_key:#}").ends_with(bad_key.help()));
}

#[tokio::test]
async fn a_good_answer_teaches_the_upstream_what_is_left() {
    static UPSTREAM: Upstream = Upstream::new("taught")
        .requests(Rate::per_minute(600).burst(100))
        .tokens_per_minute(10_000);

    #[resilient(upstream = UPSTREAM, cost = 100)]
    async fn ask(url: &str) -> Result<String, ApiError> {
        Ok(client().get(url).send_checked().await?.text().await?)
    }

    let server = Server::start().await.unwrap();
    let answer = Answer::ok("fine")
        .header("x-ratelimit-limit-requests", "600")
        .header("x-ratelimit-remaining-requests", "3")
        .header("x-ratelimit-reset-requests", "10s")
        .header("x-ratelimit-limit-tokens", "10000")
        .header("x-ratelimit-remaining-tokens", "2500")
        .header("x-ratelimit-reset-tokens", "45s");
    let url = server.script("test", [answer]);
    ask(&url).await.unwrap();
    let snapshot = UPSTREAM.snapshot();
    let (requests, tokens) = (snapshot.requests.unwrap(), snapshot.tokens.unwrap());
    // A little comes back by time, on the real clock.
    assert!((3..=20).contains(&requests), "{requests}");
    assert!((2_500..=3_500).contains(&tokens), "{tokens}");
}
