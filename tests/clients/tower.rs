//! Clients behind a `ResilientLayer`: hyper-util over a real socket, async-openai, and a generated
//! client of gRPC.
#![allow(clippy::unwrap_used, reason = "test code fails loudly")]

use async_openai::{
    Client,
    config::OpenAIConfig,
    error::OpenAIError,
    middleware::{HttpRequestFactory, ReqwestService},
    types::chat::{ChatCompletionRequestUserMessage, CreateChatCompletionRequestArgs},
};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::Bytes;
use hyper_util::{client::legacy, rt::TokioExecutor};
use resilient_examples::install_tls;
use resilient_runtime::{
    Backoff, Class, Classify as _, Policy, ResilientLayer, ResilientMiddleware, Upstream,
    testing::server::{FaultyServer, ReceivedRequest, hang, ok, openai, reset, status},
};
use std::{
    convert::Infallible,
    future::ready,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tonic::{Code, Status};
use tower::{Service as _, ServiceBuilder, ServiceExt as _, service_fn};

const FAST: Policy = Policy::new()
    .attempts(3)
    .timeout(Duration::from_millis(500))
    .backoff(Backoff::exponential(Duration::from_millis(5)));

type HyperClient = legacy::Client<legacy::connect::HttpConnector, Full<Bytes>>;

fn hyper_client() -> HyperClient {
    legacy::Client::builder(TokioExecutor::new()).build_http()
}

fn post(url: &str) -> Request<Full<Bytes>> {
    Request::post(url).body(Full::from("hello")).unwrap()
}

#[tokio::test]
async fn hyper_client_retries_faults_of_the_wire_and_sends_the_whole_body_again() {
    let server = FaultyServer::start().await;
    server.answer([status(503), reset(), ok("found")]);
    let layer = ResilientLayer::new(FAST).name("hyper-wire");
    let mut client = ServiceBuilder::new().layer(layer).service(hyper_client());
    let response = client
        .ready()
        .await
        .unwrap()
        .call(post(&server.url_of("/a")))
        .await;
    let body = response.unwrap().into_body().collect().await.unwrap();
    assert_eq!(body.to_bytes(), "found");
    let requests = server.requests().await;
    let bodies: Vec<String> = requests.iter().map(ReceivedRequest::text).collect();
    assert_eq!(bodies, ["hello"; 3]);
    server.assert_used_up();
}

#[tokio::test]
async fn hyper_client_waits_as_the_server_asks_and_cuts_an_attempt_that_hangs() {
    let server = FaultyServer::start().await;
    let wait = Duration::from_secs(1);
    server.answer([status(429).retry_after(wait), hang(), ok("")]);
    let layer = ResilientLayer::new(FAST).name("hyper-waits");
    let mut client = ServiceBuilder::new().layer(layer).service(hyper_client());
    let start = Instant::now();
    let response = client
        .ready()
        .await
        .unwrap()
        .call(post(&server.url()))
        .await;
    assert_eq!(response.unwrap().status(), StatusCode::OK);
    assert!(start.elapsed() >= wait + Duration::from_millis(500));
    assert_eq!(server.requests().await.len(), 3);
}

#[tokio::test]
async fn hyper_error_is_classified_and_keeps_its_type() {
    let layer = ResilientLayer::new(FAST.attempts(2)).name("hyper-refused");
    let client = ServiceBuilder::new().layer(layer).service(hyper_client());
    let error = client
        .oneshot(post("http://127.0.0.1:1"))
        .await
        .unwrap_err();
    assert_eq!(error.classify().class, Class::Connect);
    assert_eq!(error.history().attempts.len(), 2);
    let own = error.into_error().unwrap().downcast::<legacy::Error>();
    assert!(own.unwrap().is_connect());
}

#[tokio::test]
async fn openai_client_makes_every_attempt_through_the_layer() {
    static OPENAI: Upstream = Upstream::new("openai-tower").tokens_per_minute(100_000);
    install_tls();
    let server = FaultyServer::start().await;
    server.answer([
        status(503),
        status(429).retry_after(Duration::from_millis(20)),
    ]);
    server.otherwise(openai::completion("hi"));
    let layer = ResilientLayer::<HttpRequestFactory>::new(FAST)
        .upstream(&OPENAI)
        .name("openai-layer")
        .cost(|_| 7);
    let service = ServiceBuilder::new()
        .layer(layer)
        .service(ReqwestService::new(reqwest::Client::new()));
    let config = OpenAIConfig::new()
        .with_api_base(server.url())
        .with_api_key("key");
    let client = Client::with_config(config).with_http_service(service);
    let question = CreateChatCompletionRequestArgs::default()
        .model("gpt")
        .messages([ChatCompletionRequestUserMessage::from("hello").into()])
        .build()
        .unwrap();
    let reply = client.chat().create(question.clone()).await.unwrap();
    assert_eq!(
        reply.choices.first().unwrap().message.content.as_deref(),
        Some("hi")
    );
    assert_eq!(server.requests().await.len(), 3);
    assert_eq!(OPENAI.snapshot().usage.estimated, 3 * 7);

    // The last response reaches the client, which makes its own error of it.
    server.otherwise(
        status(401).body(r#"{"error":{"message":"no","type":"x","code":"invalid_api_key"}}"#),
    );
    let error = client.chat().create(question).await.unwrap_err();
    assert!(matches!(error, OpenAIError::ApiError(_)), "{error:?}");
}

/// A transport of gRPC that fails with these statuses, and then works.
fn transport(
    statuses: &'static [Code],
) -> (
    impl tower::Service<
        Request<Bytes>,
        Response = Response<Empty<Bytes>>,
        Error = Infallible,
        Future: Send,
    > + Clone
    + Send
    + 'static,
    Arc<AtomicUsize>,
) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let service = service_fn(move |_: Request<Bytes>| {
        let number = count.fetch_add(1, Ordering::Relaxed);
        let response = match statuses.get(number) {
            // As a server writes it that has nothing else to say: the headers are the trailers.
            Some(code) => Status::new(*code, "no").into_http::<Empty<Bytes>>(),
            None => Response::new(Empty::new()),
        };
        ready(Ok(response))
    });
    (service, asked)
}

#[tokio::test]
async fn f392_a_grpc_status_in_the_headers_is_a_failure_although_the_http_status_is_200() {
    for (codes, requests) in [
        (&[Code::Unavailable, Code::ResourceExhausted][..], 3),
        (&[Code::Ok][..], 1),
        (&[Code::NotFound][..], 1),
    ] {
        let (service, asked) = transport(codes);
        let layer = ResilientLayer::new(FAST).name("grpc-headers");
        let client = ServiceBuilder::new().layer(layer).service(service);
        let response = client.oneshot(Request::new(Bytes::new())).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(asked.load(Ordering::Relaxed), requests, "{codes:?}");
        let code = Status::from_header_map(response.headers()).map(|status| status.code());
        assert_eq!(code, codes.get(requests - 1).copied(), "the last response");
    }
}

#[tokio::test]
async fn service_error_becomes_a_grpc_status_with_the_code_of_the_rejection() {
    let hung = service_fn(|_: Request<Bytes>| {
        std::future::pending::<Result<Response<Empty<Bytes>>, Infallible>>()
    });
    let policy = FAST.attempts(1).timeout(Duration::from_millis(20));
    let client = ServiceBuilder::new()
        .map_err(Status::from)
        .layer(ResilientLayer::new(policy).name("grpc-hangs"))
        .service(hung);
    let status = client
        .oneshot(Request::new(Bytes::new()))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(status.classify().class, Class::Timeout);
}

/// The other version is tested with the same code: `tests/http/middleware.rs`.
#[tokio::test]
async fn middleware_of_reqwest_0_12_retries_and_keeps_the_body_of_a_failure() {
    install_tls();
    let server = FaultyServer::start().await;
    server.answer([status(503), ok("found")]);
    server.otherwise(status(404).body("nothing"));
    let http = reqwest_012::Client::builder()
        .tls_built_in_root_certs(false)
        .build()
        .unwrap();
    let client = reqwest_middleware_04::ClientBuilder::new(http)
        .with(ResilientMiddleware::new(FAST).name("middleware-012"))
        .build();
    let found = client.get(server.url()).send().await.unwrap();
    assert_eq!(found.text().await.unwrap(), "found");
    let missing = client.get(server.url()).send().await.unwrap();
    assert_eq!(missing.text().await.unwrap(), "nothing");
    assert_eq!(server.requests().await.len(), 3);
}
