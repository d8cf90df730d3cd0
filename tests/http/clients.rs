//! Annotated functions that call a local server with `reqwest`.

use reqwest::Client;
use resilient_examples::{Answer, Server, client};
use resilient_runtime::{CallError, Class, Classification, Classify, Policy, resilient};
use std::time::Duration;

/// Real sockets need the real clock, so the timeout is short.
const FAST: Policy = Policy::new()
    .attempts(3)
    .timeout(Duration::from_millis(300));

type Failed = CallError<reqwest::Error>;

#[resilient(policy = FAST)]
async fn read(http: &Client, url: &str) -> Result<serde_json::Value, Failed> {
    Ok(http
        .get(url)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?)
}

#[resilient(policy = FAST, idempotent = false)]
async fn order(http: &Client, url: &str) -> Result<(), Failed> {
    http.post(url).send().await?.error_for_status()?;
    Ok(())
}

/// The outcome of calls to a scripted server, and the number of requests it saw.
async fn outcome(answers: impl IntoIterator<Item = Answer>) -> (Result<(), Class>, usize) {
    let server = Server::start().await;
    let url = server.script("test", answers);
    let result = read(&client(), &url).await;
    let requests = server.requests("test");
    (
        result.map(|_| ()).map_err(|error| error.classify().class),
        requests,
    )
}

#[resilient_runtime::test(no_waits)]
async fn f22_faults_on_the_wire_are_retried_to_success() {
    type Fault = (&'static str, fn() -> Answer);
    let faults: [Fault; 9] = [
        ("408", || Answer::status(408)),
        ("429", || Answer::status(429)),
        ("500", || Answer::status(500)),
        ("502", || Answer::status(502)),
        ("503", || Answer::status(503)),
        ("504", || Answer::status(504)),
        ("reset", Answer::reset),
        ("empty", Answer::empty),
        ("cut", Answer::cut),
    ];
    for (name, fault) in faults {
        let answers = [fault(), fault(), Answer::ok("hello")];
        assert_eq!(outcome(answers).await, (Ok(()), 3), "{name}");
    }
    assert_eq!(
        outcome([Answer::hang(), Answer::hang(), Answer::ok("hello")]).await,
        (Ok(()), 3)
    );
}

#[resilient_runtime::test(no_waits)]
async fn requests_that_the_server_rejects_are_sent_once() {
    for (status, class) in [
        (400, Class::InvalidRequest),
        (401, Class::Authentication),
        (403, Class::Permission),
        (404, Class::NotFound),
        (422, Class::InvalidRequest),
    ] {
        assert_eq!(
            outcome([Answer::status(status)]).await,
            (Err(class), 1),
            "{status}"
        );
    }
}

#[resilient_runtime::test(no_waits)]
async fn a_dead_server_is_asked_as_often_as_the_policy_says() {
    for (answer, class) in [
        (Answer::reset(), Class::Network),
        (Answer::cut(), Class::Network),
        (Answer::hang(), Class::Timeout),
        (Answer::status(503), Class::Overloaded),
    ] {
        assert_eq!(outcome([answer]).await, (Err(class), 3), "{class}");
    }
}

/// A complete response with unexpected content is final; a truncated one (above) is not.
#[resilient_runtime::test(no_waits)]
async fn a_body_of_another_shape_is_decode_and_not_retried() {
    let html = Answer::ok("").body("<html>welcome to the hotel's network</html>");
    assert_eq!(outcome([html]).await, (Err(Class::Decode), 1));
}

#[resilient_runtime::test(no_waits)]
async fn connection_and_name_failures_are_told_apart() {
    let refused = read(&client(), "http://127.0.0.1:1/")
        .await
        .unwrap_err()
        .classify();
    assert_eq!(
        (refused.class, refused.processed),
        (Class::Connect, resilient_runtime::Processed::No)
    );
    let unnamed = read(&client(), "http://no-such-host.invalid/")
        .await
        .unwrap_err()
        .classify();
    assert_eq!(
        (unnamed.class, unnamed.processed),
        (Class::Dns, resilient_runtime::Processed::No)
    );
    let malformed = read(&client(), "not a url").await.unwrap_err().classify();
    assert_eq!(malformed.class, Class::InvalidRequest);
}

/// The client's own timeout is a timeout too.
#[resilient_runtime::test(no_waits)]
async fn a_timeout_of_the_client_has_the_class_timeout() {
    let server = Server::start().await;
    let url = server.script("hang", [Answer::hang()]);
    let error = client()
        .get(&url)
        .timeout(Duration::from_millis(20))
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.classify().class, Class::Timeout);
}

#[resilient_runtime::test(no_waits)]
async fn f26_an_order_is_sent_twice_only_if_the_first_surely_came_to_nothing() {
    for (answer, requests) in [
        (Answer::status(429), 3),
        (Answer::status(502), 1),
        (Answer::status(500), 1),
        (Answer::reset(), 1),
        (Answer::hang(), 1),
    ] {
        let server = Server::start().await;
        let url = server.script("orders", [answer]);
        order(&client(), &url).await.unwrap_err();
        assert_eq!(server.requests("orders"), requests);
    }
}

#[resilient_runtime::test(no_waits)]
async fn one_key_for_all_attempts_reaches_the_server() {
    #[resilient(policy = FAST, context = attempt)]
    async fn pay(http: &Client, url: &str) -> Result<(), Failed> {
        let key = attempt.idempotency_key().to_string();
        http.post(url)
            .header("idempotency-key", key)
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }
    let server = Server::start().await;
    let url = server.script(
        "pay",
        [Answer::status(500), Answer::status(500), Answer::ok("paid")],
    );
    pay(&client(), &url).await.unwrap();
    pay(&client(), &url).await.unwrap();
    let mut keys = server.idempotency_keys("pay");
    assert_eq!(keys.len(), 4);
    keys.dedup();
    assert_eq!(keys.len(), 2, "{keys:?}");
}

/// A failed response can stay a success of the function: the last one reaches the caller.
#[resilient_runtime::test(no_waits)]
async fn a_response_with_an_error_status_can_be_looked_at_in_the_ok() {
    fn by_status(response: &reqwest::Response) -> Option<Classification> {
        let failed = !response.status().is_success();
        failed.then(|| Classification::from_response(response.status(), response.headers()))
    }
    #[resilient(policy = FAST, classify_ok = by_status)]
    async fn fetch(http: &Client, url: &str) -> Result<reqwest::Response, Failed> {
        Ok(http.get(url).send().await?)
    }
    let server = Server::start().await;
    let url = server.script("flaky", [Answer::status(503), Answer::ok("hello")]);
    assert_eq!(fetch(&client(), &url).await.unwrap().status(), 200);
    let url = server.script("dead", [Answer::status(503).body("down for today")]);
    let response = fetch(&client(), &url).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), server.requests("dead")),
        (503, 3)
    );
    assert_eq!(response.text().await.unwrap(), "down for today");
}

/// F20 over the wire: an outer call with 5 attempts around an inner one with 5 makes 5 requests to
/// a dead server, not 25.
#[resilient_runtime::test(no_waits)]
async fn f20_nested_calls_do_not_multiply_requests() {
    #[resilient(policy = FAST.attempts(5))]
    async fn inner(http: &Client, url: &str) -> Result<(), Failed> {
        http.get(url).send().await?.error_for_status()?;
        Ok(())
    }
    #[resilient(policy = FAST.attempts(5).no_timeout())]
    async fn outer(http: &Client, url: &str) -> Result<(), Failed> {
        inner(http, url).await
    }
    let server = Server::start().await;
    let url = server.script("dead", [Answer::status(503)]);
    outer(&client(), &url).await.unwrap_err();
    assert_eq!(server.requests("dead"), 5);
}

/// F82: the URL of a reqwest error contains the key; none of our output does.
#[resilient_runtime::test(no_waits)]
async fn f82_a_key_in_the_url_is_not_shown() {
    let url = "http://user:CANARY@127.0.0.1:1/v1?api_key=CANARY";
    let error = read(&client(), url).await.unwrap_err();
    let shown = format!("{error} {error:#} {error:?} {:?}", error.history());
    assert!(!shown.contains("CANARY"), "{shown}");
}
