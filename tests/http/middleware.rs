//! Requests of `reqwest-middleware` with a `ResilientMiddleware`, over real sockets.

use reqwest::{Body, Request, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error, Middleware, Next};
use resilient_examples::client;
use resilient_runtime::{
    Backoff, Class, Classify as _, ErasedHistory as _, EventKind, IntoApiResult as _, Policy,
    RequestSettings, ResilientMiddleware, Rule, Upstream, observe,
    testing::server::{FaultyServer, hang, ok, openai, reset, status},
};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

const FAST: Policy = Policy::new()
    .attempts(3)
    .timeout(Duration::from_millis(500))
    .backoff(Backoff::exponential(Duration::from_millis(5)));

fn with<U: 'static>(resilience: ResilientMiddleware<Request, U>) -> ClientWithMiddleware {
    ClientBuilder::new(client()).with(resilience).build()
}

#[tokio::test]
async fn middleware_retries_faults_of_the_wire_with_the_whole_request() {
    let server = FaultyServer::start().await;
    server.answer([status(503), reset(), hang(), ok("found")]);
    let client = with(ResilientMiddleware::new(FAST.attempts(4)).name("middleware-wire"));
    let request = client.post(server.url()).header("x-a", "b").body("hello");
    let response = request.send().await.unwrap();
    assert_eq!(response.text().await.unwrap(), "found");
    let requests = server.requests().await;
    assert_eq!(requests.len(), 4);
    for request in requests {
        assert_eq!(
            (request.text().as_str(), request.header("x-a")),
            ("hello", Some("b"))
        );
    }
}

#[tokio::test]
async fn middleware_waits_as_the_server_asks_in_header_or_body() {
    let server = FaultyServer::start().await;
    let wait = Duration::from_millis(300);
    for answer in [
        status(429).retry_after(wait),
        status(429).body(r#"{"error":{"message":"Please try again in 300ms."}}"#),
    ] {
        server.answer([answer, ok("")]);
        let client = with(ResilientMiddleware::new(FAST).name("middleware-waits"));
        let start = Instant::now();
        client.get(server.url()).send().await.unwrap();
        assert!(start.elapsed() >= wait, "{:?}", start.elapsed());
    }
}

#[tokio::test]
async fn f393_the_body_of_a_failure_decides_and_still_reaches_the_caller() {
    let server = FaultyServer::start().await;
    server.otherwise(openai::quota_exhausted());
    let client = with(ResilientMiddleware::new(FAST).name("middleware-body"));
    let response = client.get(server.url()).send().await.unwrap();
    assert_eq!(response.status(), 429);
    // By the status alone, it would be a rate limit, and be asked again.
    assert_eq!(server.requests().await.len(), 1);
    assert_eq!(response.url().as_str(), format!("{}/", server.url()));
    let error = response.into_api_result().await.unwrap_err();
    assert_eq!(error.classify().class, Class::QuotaExhausted);

    server.otherwise(openai::quota_exhausted());
    let response = client.get(server.url()).send().await.unwrap();
    assert!(
        response
            .text()
            .await
            .unwrap()
            .contains("insufficient_quota")
    );
}

#[tokio::test]
async fn f394_a_long_body_of_a_failure_reaches_the_caller_whole() {
    let server = FaultyServer::start().await;
    let client = with(ResilientMiddleware::new(FAST).name("middleware-long"));
    for length in [0, 1, 65_535, 65_536, 65_537, 1_000_000] {
        let body: String = ('a'..='z').cycle().take(length).collect();
        server.otherwise(status(404).body(body.clone()));
        let response = client.get(server.url()).send().await.unwrap();
        assert!(response.text().await.unwrap() == body, "{length}");
    }
    server.otherwise(status(404).body("a".repeat(1_000)).half_body());
    let response = client.get(server.url()).send().await.unwrap();
    assert_eq!(response.status(), 404);
    assert!(
        response.text().await.is_err(),
        "a body that breaks off is not taken for a whole one"
    );
}

#[tokio::test]
async fn f391_a_streamed_request_has_one_attempt_and_its_events_say_so() {
    let server = FaultyServer::start().await;
    server.otherwise(status(503));
    let attempts = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&attempts);
    let _observation = observe(move |event: &resilient_runtime::Event<'_>| {
        if event.function() == Some("middleware-stream") {
            if let EventKind::GivingUp { failed, .. } = &event.kind {
                seen.lock().unwrap().push((failed.attempt, failed.attempts));
            }
        }
    });
    // A rule that would allow more attempts.
    let policy = FAST.on(Class::Overloaded, Rule::new().attempts(3));
    let client = with(ResilientMiddleware::new(policy).name("middleware-stream"));
    let stream = futures::stream::iter([Ok::<_, std::io::Error>("hel"), Ok("lo")]);
    let request = client.post(server.url()).body(Body::wrap_stream(stream));
    assert_eq!(request.send().await.unwrap().status(), 503);
    let requests = server.requests().await;
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].text(), "hello");
    assert_eq!(*attempts.lock().unwrap(), [(1, 1)]);
}

#[tokio::test]
async fn middleware_settings_of_one_request_precede_those_of_the_stack() {
    static API: Upstream = Upstream::new("middleware-api").tokens_per_minute(100_000);
    let server = FaultyServer::start().await;
    let resilience = ResilientMiddleware::new(FAST)
        .upstream(&API)
        .name("middleware-settings")
        .key(|request: &Request| request.method().as_str().to_owned())
        .cost(|_| 3)
        .idempotent(|request| request.method().is_idempotent());
    let client = with(resilience);
    server.answer([status(500)]);
    assert_eq!(
        client.post(server.url()).send().await.unwrap().status(),
        500
    );
    assert_eq!(API.snapshot_by("POST").unwrap().usage.estimated, 3);

    server.answer([status(500), ok("")]);
    let own = RequestSettings::new().key("acme").cost(5).idempotent(true);
    assert!(!format!("{own:?}").contains("acme"));
    let request = client.post(server.url()).with_extension(own);
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert_eq!(API.snapshot_by("acme").unwrap().usage.estimated, 10);
}

/// Counts the requests that reach it.
struct Counts(Arc<AtomicUsize>);

impl Middleware for Counts {
    fn handle<'s, 'e, 'n, 'f>(
        &'s self,
        request: Request,
        extensions: &'e mut http::Extensions,
        next: Next<'n>,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Response, Error>> + Send + 'f>>
    where
        's: 'f,
        'e: 'f,
        'n: 'f,
    {
        Box::pin(async move {
            self.0.fetch_add(1, Ordering::Relaxed);
            next.run(request, extensions).await
        })
    }
}

#[tokio::test]
async fn middleware_before_it_sees_one_request_and_behind_it_every_attempt() {
    let server = FaultyServer::start().await;
    server.answer([status(503), status(503), ok("")]);
    let (before, behind) = (Arc::default(), Arc::default());
    let client = ClientBuilder::new(client())
        .with(Counts(Arc::clone(&before)))
        .with(ResilientMiddleware::new(FAST).name("middleware-stack"))
        .with(Counts(Arc::clone(&behind)))
        .build();
    client.get(server.url()).send().await.unwrap();
    assert_eq!(before.load(Ordering::Relaxed), 1);
    assert_eq!(behind.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn middleware_errors_are_classified_and_a_rejection_keeps_its_history() {
    let client = with(ResilientMiddleware::new(FAST).name("middleware-errors"));
    let error = client.get("http://127.0.0.1:1").send().await.unwrap_err();
    assert!(error.is_connect());
    assert_eq!(error.classify().class, Class::Connect);

    let server = FaultyServer::start().await;
    server.otherwise(hang());
    let policy = FAST.attempts(2).timeout(Duration::from_millis(50));
    let client = with(ResilientMiddleware::new(policy).name("middleware-hangs"));
    let error = client.get(server.url()).send().await.unwrap_err();
    assert_eq!(error.classify().class, Class::Timeout);
    let Error::Middleware(error) = error else {
        panic!("{error:?}")
    };
    assert_eq!(error.history().unwrap().attempts.len(), 2);
}
