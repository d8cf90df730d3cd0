//! Responses of HTTP clients: read into an `ApiError`, or classified as the success of a function.
#![allow(clippy::unwrap_used, reason = "test code fails loudly")]

use futures::StreamExt as _;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use resilient_clients::answering;
use resilient_examples::{Answer, Server};
use resilient_runtime::{
    ApiError, Backoff, CallError, Class, IntoApiResult, Policy, ReadEvents, SendChecked, resilient,
};
use std::{fmt, future::Future, pin::Pin, time::Duration};

/// Real sockets need the real clock, so the waits are short.
const FAST: Policy = Policy::new()
    .attempts(3)
    .timeout(Duration::from_secs(5))
    .backoff(Backoff::exponential(Duration::from_millis(5)));

const CANARY: &str = "CANARY0123456789";

/// Answers 503 with a body above the read limit, and keeps the connection open.
async fn endless() -> String {
    let reply = |_: &[u8]| {
        let mut reply = b"HTTP/1.1 503 Busy\r\ncontent-length: 9999999\r\n\r\nstart ".to_vec();
        reply.resize(128 * 1024, b'x');
        reply
    };
    format!("http://{}/", answering(reply).await)
}

/// Answers with an event and an error event.
async fn streaming() -> String {
    let reply = |_: &[u8]| {
        let events = "data: 1\n\ndata: {\"error\": \"overloaded_error\"}\n\n";
        let length = events.len();
        format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{events}").into_bytes()
    };
    format!("http://{}/", answering(reply).await)
}

fn clean(error: &ApiError) {
    let curl = error.curl();
    let shown = format!("{error} {error:#} {error:?} {curl:?}");
    assert!(!shown.contains(CANARY), "{shown}");
}

/// Both versions of reqwest have the same methods, and no common trait.
macro_rules! read_by {
    ($name:ident, $reqwest:ident, $client:expr) => {
        mod $name {
            use super::*;

            #[resilient(policy = FAST)]
            async fn send(http: &$reqwest::Client, url: &str) -> Result<String, ApiError> {
                Ok(http.get(url).send_checked().await?.text().await?)
            }

            #[resilient(policy = FAST)]
            async fn read(http: &$reqwest::Client, url: &str) -> Result<String, ApiError> {
                let response = http.get(url).send().await?;
                Ok(response.into_api_result().await?.text().await?)
            }

            #[tokio::test]
            async fn a_success_is_passed_on_and_a_failure_is_read() {
                let server = Server::start().await;
                let http = $client;
                for text in [r#"{"error":{"code":"slow_down"}}"#, "fine"] {
                    let url = server.script("good", [Answer::ok("").body(text)]);
                    assert_eq!(send(&http, &url).await.unwrap(), text);
                    assert_eq!(read(&http, &url).await.unwrap(), text);
                    assert_eq!(server.requests("good"), 2);
                }
                let url = server.script("quota", [Answer::quota()]);
                for error in [send(&http, &url).await, read(&http, &url).await] {
                    let error = error.unwrap_err();
                    assert_eq!(error.failure().class, Class::QuotaExhausted);
                    assert!(error.body().unwrap().contains("insufficient_quota"));
                }
                assert_eq!(server.requests("quota"), 2);
                let script = [
                    Answer::status(502),
                    Answer::reset(),
                    Answer::ok("").body("up"),
                ];
                let url = server.script("flaky", script);
                assert_eq!(send(&http, &url).await.unwrap(), "up");
                assert_eq!(server.requests("flaky"), 3);
            }

            #[tokio::test]
            async fn a_body_that_never_ends_is_cut() {
                let url = endless().await;
                let response = $client.get(&url).send().await.unwrap();
                let error = response.into_api_result().await.unwrap_err();
                assert_eq!(error.failure().class, Class::Overloaded);
                assert!(error.body().unwrap().starts_with("start xxx"));
            }

            #[tokio::test]
            async fn a_status_that_nobody_has_defined_is_a_failure() {
                let server = Server::start().await;
                let url = server.script("odd", [Answer::status(999).body("denied")]);
                let error = send(&$client, &url).await.unwrap_err();
                assert_eq!(error.failure().status, Some(999));
                assert_eq!(server.requests("odd"), 1);
            }

            #[tokio::test]
            async fn f82_secrets_of_url_and_headers_are_blanked() {
                let server = Server::start().await;
                let base = server.script("closed", [Answer::status(403)]);
                for base in [base, "http://127.0.0.1:1".to_owned()] {
                    let url = format!("{base}/v1?key={CANARY}");
                    let request = $client.post(&url).bearer_auth(CANARY).body("a question");
                    let error = request.send_checked().await.unwrap_err();
                    clean(&error);
                    let curl = error.curl().unwrap();
                    assert!(
                        curl.contains("?key=…") && curl.contains("[10 bytes of "),
                        "{curl}"
                    );
                    clean(&send(&$client, &url).await.unwrap_err());
                    clean(&read(&$client, &url).await.unwrap_err());
                }
            }

            #[resilient(policy = FAST)]
            async fn fetch(
                http: &$reqwest::Client,
                url: &str,
            ) -> Result<$reqwest::Response, CallError<$reqwest::Error>> {
                Ok(http.get(url).send().await?)
            }

            #[resilient(policy = FAST, classify_ok = |_| None)]
            async fn fetch_any(
                http: &$reqwest::Client,
                url: &str,
            ) -> Result<$reqwest::Response, CallError<$reqwest::Error>> {
                Ok(http.get(url).send().await?)
            }

            /// Without an argument; the last response reaches the caller with its body.
            #[tokio::test]
            async fn a_response_with_a_failing_status_is_a_failure() {
                let server = Server::start().await;
                let http = $client;
                let url = server.script("flaky", [Answer::status(503), Answer::ok("")]);
                assert_eq!(fetch(&http, &url).await.unwrap().status(), 200);
                assert_eq!(server.requests("flaky"), 2);
                for (status, requests) in [(503, 3), (404, 1)] {
                    let url = server.script("dead", [Answer::status(status).body("for today")]);
                    let response = fetch(&http, &url).await.unwrap();
                    assert_eq!(response.status().as_u16(), status);
                    assert_eq!(response.text().await.unwrap(), "for today");
                    assert_eq!(server.requests("dead"), requests);
                }
                let url =
                    server.script("late", [Answer::status(429).header("retry-after", "3600")]);
                assert_eq!(fetch(&http, &url).await.unwrap().status(), 429);
                assert_eq!(server.requests("late"), 1, "the headers are heard");
                // The body of a failure is not awaited.
                assert_eq!(fetch(&http, &endless().await).await.unwrap().status(), 503);
                let url = server.script("trusted", [Answer::status(503)]);
                assert_eq!(fetch_any(&http, &url).await.unwrap().status(), 503);
                assert_eq!(server.requests("trusted"), 1);
            }

            #[tokio::test]
            async fn the_events_of_a_response_are_read() {
                let url = streaming().await;
                let response = $client.get(&url).send_checked().await.unwrap();
                let mut events = response.events_json::<u8>();
                assert_eq!(events.next().await.unwrap().unwrap(), 1);
                let error = events.next().await.unwrap().unwrap_err();
                assert_eq!(error.failure().class, Class::Overloaded);
                assert!(events.next().await.is_none());
            }
        }
    };
}

read_by!(reqwest_013, reqwest, resilient_examples::client());
read_by!(reqwest_old, reqwest_012, {
    let builder = reqwest_012::Client::builder().no_proxy();
    builder.build().unwrap()
});

mod hypers {
    use super::*;

    type Hyper = legacy::Client<legacy::connect::HttpConnector, Empty<Bytes>>;
    type Failed = CallError<legacy::Error>;
    type Fetched<B> = Result<http::Response<B>, Failed>;

    trait Get {
        type Answer;
        fn get<'a>(
            &'a self,
            url: &'a str,
        ) -> Pin<Box<dyn Future<Output = Result<Self::Answer, Failed>> + Send + 'a>>;
    }

    impl Get for Hyper {
        type Answer = http::Response<Incoming>;

        #[resilient(policy = FAST)]
        fn get<'a>(
            &'a self,
            url: &'a str,
        ) -> Pin<Box<dyn Future<Output = Result<Self::Answer, Failed>> + Send + 'a>> {
            Box::pin(async move { aliased_once(self, url).await })
        }
    }

    async fn aliased_once(hyper: &Hyper, url: &str) -> Fetched<Incoming> {
        Ok(Hyper::get(hyper, url.parse().unwrap()).await?)
    }

    #[resilient(policy = FAST)]
    async fn aliased(hyper: &Hyper, url: &str) -> Fetched<Incoming> {
        aliased_once(hyper, url).await
    }

    #[resilient(policy = FAST)]
    async fn of_any_body<B: From<Bytes>>(hyper: &Hyper, url: &str) -> Fetched<B> {
        let (head, body) = aliased_once(hyper, url).await?.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Ok(http::Response::from_parts(head, bytes.into()))
    }

    /// The caller chooses the return type, and the function is generic over it.
    #[resilient(policy = FAST)]
    async fn of_any_type<T: From<http::Response<Incoming>>>(
        hyper: &Hyper,
        url: &str,
    ) -> Result<T, Failed> {
        Ok(aliased_once(hyper, url).await?.into())
    }

    #[resilient(policy = FAST)]
    async fn unnamed(hyper: &Hyper, url: &str) -> Result<impl fmt::Debug, Failed> {
        aliased_once(hyper, url).await
    }

    #[tokio::test]
    async fn a_response_is_looked_at_where_the_type_is_known_to_be_one() {
        let server = Server::start().await;
        let hyper = legacy::Client::builder(TokioExecutor::new()).build_http();
        let script = |name| server.script(name, [Answer::status(503)]);
        let url = script("aliased");
        assert_eq!(aliased(&hyper, &url).await.unwrap().status(), 503);
        let url = script("any_body");
        assert_eq!(
            of_any_body::<Bytes>(&hyper, &url).await.unwrap().status(),
            503
        );
        let url = script("projected");
        assert_eq!(Get::get(&hyper, &url).await.unwrap().status(), 503);
        for name in ["aliased", "any_body", "projected"] {
            assert_eq!(server.requests(name), 3, "{name}");
        }
        let url = script("any_type");
        let response: http::Response<Incoming> = of_any_type(&hyper, &url).await.unwrap();
        assert_eq!(response.status(), 503);
        let url = script("unnamed");
        unnamed(&hyper, &url).await.unwrap();
        for name in ["any_type", "unnamed"] {
            assert_eq!(server.requests(name), 1, "{name}");
        }
    }
}
