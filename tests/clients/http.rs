//! Errors of HTTP clients: the same failures of one server get the same classes.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "test code fails loudly"
)]

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use resilient_examples::{Answer, Server};
use resilient_runtime::{ApiError, Class, Classification, Classify, Processed};
use std::time::{Duration, SystemTime};

type Boxed = Box<dyn std::error::Error + Send + Sync>;

async fn hyper_util_at(url: &str) -> Result<(), Boxed> {
    let client = legacy::Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let body = client.get(url.parse()?).await?.into_body();
    body.collect().await?;
    Ok(())
}

async fn reqwest_012_at(url: &str) -> Result<(), Boxed> {
    let client = reqwest_012::Client::builder()
        .no_proxy()
        .timeout(Duration::from_millis(300));
    let response = client.build()?.get(url).send().await?.error_for_status()?;
    response.json::<serde_json::Value>().await?;
    Ok(())
}

async fn ureq_at(url: &str) -> Result<(), Boxed> {
    let url = url.to_owned();
    let ask = move || {
        let config = ureq::Agent::config_builder()
            .proxy(None)
            // Long enough for a lookup on a busy machine.
            .timeout_global(Some(Duration::from_secs(2)));
        let mut response = config.build().new_agent().get(&url).call()?;
        response.body_mut().read_to_vec()?;
        Ok(())
    };
    tokio::task::spawn_blocking(ask).await?
}

/// The classification of a client's erased error after this answer.
macro_rules! says {
    ($client:ident, $answer:expr) => {{
        let server = Server::start().await;
        let url = server.script("test", [$answer]);
        $client(&url).await.unwrap_err().classify()
    }};
}

macro_rules! same_failures {
    ($client:ident, refused: $refused:expr) => {
        for answer in [Answer::reset(), Answer::empty(), Answer::cut()] {
            let name = format!("{answer:?}");
            let says = says!($client, answer);
            assert_eq!(
                (says.class, says.processed),
                (Class::Network, Processed::Maybe),
                "{name}"
            );
        }
        for (url, class, processed) in [
            ("http://127.0.0.1:1/", Class::Connect, $refused),
            ("http://no-such-host.invalid/", Class::Dns, Processed::No),
        ] {
            let says = $client(url).await.unwrap_err().classify();
            assert_eq!((says.class, says.processed), (class, processed), "{url}");
        }
    };
}

#[tokio::test]
async fn hyper_utils_failures_are_told_apart() {
    same_failures!(hyper_util_at, refused: Processed::No);
    let relative = hyper_util_at("/relative").await.unwrap_err();
    assert_eq!(relative.classify().class, Class::InvalidRequest);
}

#[tokio::test]
async fn reqwest_012s_failures_are_told_apart() {
    same_failures!(reqwest_012_at, refused: Processed::No);
    assert_eq!(says!(reqwest_012_at, Answer::hang()).class, Class::Timeout);
    assert_eq!(
        says!(reqwest_012_at, Answer::status(503)).class,
        Class::Overloaded
    );
    let html = Answer::ok("").body("<html>welcome</html>");
    assert_eq!(says!(reqwest_012_at, html).class, Class::Decode);
    let keyed = reqwest_012_at("http://user:CANARY@127.0.0.1:1/v1?api_key=CANARY").await;
    let says = format!("{:?}", keyed.unwrap_err().classify());
    assert!(!says.contains("CANARY"), "{says}");
}

async fn reqwest_at(url: &str) -> Result<(), Boxed> {
    resilient_examples::client().get(url).send().await?;
    Ok(())
}

#[tokio::test]
async fn f326_an_erased_error_of_reqwest_keeps_its_url() {
    let url = "http://127.0.0.1:1/v1?api_key=CANARY";
    for error in [
        reqwest_at(url).await.unwrap_err(),
        reqwest_012_at(url).await.unwrap_err(),
    ] {
        let error = ApiError::from_transport(error);
        let request = error.request().unwrap();
        assert!(request.starts_with("http://127.0.0.1:1/v1"), "{request}");
        assert!(!request.contains("CANARY"), "{request}");
    }
}

#[tokio::test]
async fn ureqs_failures_are_told_apart() {
    // It returns the `io::Error` of connecting and that of a read in the same way.
    same_failures!(ureq_at, refused: Processed::Maybe);
    assert_eq!(says!(ureq_at, Answer::hang()).class, Class::Timeout);
    assert_eq!(
        says!(ureq_at, Answer::status(429)).class,
        Class::RateLimited
    );
}

async fn octocrab_at(url: &str) -> Result<(), octocrab::Error> {
    resilient_examples::install_tls();
    let client = octocrab::Octocrab::builder().base_uri(url)?.build()?;
    client
        .get::<serde_json::Value, _, ()>("/rate_limit", None)
        .await?;
    Ok(())
}

#[tokio::test]
async fn octocrabs_answers_are_told_by_headers_too() {
    let message = r#"{"message":"no","documentation_url":"https://docs.github.com"}"#;
    let answer = |status| Answer::status(status).body(message);
    let limited = r#"{"message":"You have exceeded a secondary rate limit."}"#;
    assert_eq!(says!(octocrab_at, answer(403)).class, Class::Permission);
    assert_eq!(says!(octocrab_at, answer(503)).class, Class::Overloaded);

    let secondary = says!(
        octocrab_at,
        answer(403).body(limited).header("retry-after", "7")
    );
    assert_eq!(secondary.class, Class::RateLimited);
    assert_eq!(secondary.wait.unwrap().duration, Duration::from_secs(7));

    let hour = SystemTime::now() + Duration::from_secs(3600);
    let reset = hour
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs()
        .to_string();
    let spent = answer(403)
        .header("x-ratelimit-remaining", "0")
        .header("x-ratelimit-reset", &reset);
    let primary = says!(octocrab_at, spent);
    assert_eq!(
        (primary.class, primary.processed),
        (Class::RateLimited, Processed::No)
    );
    assert!((3500..=3600).contains(&primary.wait.unwrap().duration.as_secs()));
    assert_eq!(primary.request_id.unwrap().to_string(), "req_test_1");

    for past in ["0", "18446744073709551615"] {
        let answer = answer(429)
            .header("x-ratelimit-remaining", "0")
            .header("x-ratelimit-reset", past);
        assert_eq!(says!(octocrab_at, answer).class, Class::RateLimited);
    }
    assert_eq!(
        says!(octocrab_at, Answer::ok("").body("<html>")).class,
        Class::Decode
    );
    assert_eq!(says!(octocrab_at, Answer::reset()).class, Class::Network);
    let refused = octocrab_at("http://127.0.0.1:1/")
        .await
        .unwrap_err()
        .classify();
    assert_eq!(
        (refused.class, refused.processed),
        (Class::Connect, Processed::No)
    );
}

mod aws {
    use super::*;
    use aws_smithy_runtime_api::client::{
        orchestrator::HttpResponse,
        result::{ConnectorError, SdkError},
    };
    use aws_smithy_types::{body::SdkBody, error::ErrorMetadata};

    fn answered(status: u16, code: &str, headers: &[(&'static str, &str)]) -> Classification {
        let status = http::StatusCode::from_u16(status).unwrap();
        let mut response = HttpResponse::new(status.into(), SdkBody::empty());
        for (name, value) in headers {
            response.headers_mut().insert(*name, (*value).to_owned());
        }
        let error = ErrorMetadata::builder().code(code).message("no").build();
        SdkError::service_error(error, response).classify()
    }

    #[test]
    fn a_services_error_is_told_by_status_headers_and_code() {
        for (status, code, class) in [
            (400, "ThrottlingException", Class::RateLimited),
            (400, "AccessDeniedException", Class::Permission),
            (503, "SlowDown", Class::Overloaded),
            (500, "InternalServerError", Class::ServerError),
            (400, "ValidationException", Class::InvalidRequest),
        ] {
            let says = answered(status, code, &[]);
            assert_eq!((says.class, says.status), (class, Some(status)), "{code}");
            assert_eq!(says.code.unwrap().to_string(), code);
        }
        let told = answered(
            429,
            "TooManyRequestsException",
            &[("retry-after", "3"), ("x-amzn-requestid", "r-1")],
        );
        assert_eq!(told.wait.unwrap().duration, Duration::from_secs(3));
        assert_eq!(told.request_id.unwrap().to_string(), "r-1");
    }

    #[test]
    fn a_connectors_error_is_told_by_its_cause() {
        type Sdk = SdkError<ErrorMetadata, HttpResponse>;
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        let error = Sdk::dispatch_failure(ConnectorError::io(refused.into()));
        assert_eq!(error.classify().class, Class::Connect);
        let erased: Boxed = error.into();
        assert_eq!(erased.classify().class, Class::Connect);
        let slow = Sdk::dispatch_failure(ConnectorError::timeout("slow".into()));
        assert_eq!(slow.classify().class, Class::Timeout);
        assert_eq!(Sdk::timeout_error("slow").classify().class, Class::Timeout);
        let built = Sdk::construction_failure("no region").classify();
        assert_eq!(
            (built.class, built.processed),
            (Class::InvalidRequest, Processed::No)
        );
    }

    #[test]
    fn f328_every_error_of_the_sdk_has_its_message() {
        type Sdk = SdkError<ErrorMetadata, HttpResponse>;
        let answer = |status: u16| {
            let status = http::StatusCode::from_u16(status).unwrap();
            HttpResponse::new(status.into(), SdkBody::empty())
        };
        for (error, class) in [
            (Sdk::construction_failure("it broke"), Class::InvalidRequest),
            (Sdk::timeout_error("it broke"), Class::Timeout),
            (
                Sdk::response_error("it broke", answer(500)),
                Class::ServerError,
            ),
            (Sdk::response_error("it broke", answer(200)), Class::Decode),
        ] {
            let says = error.classify();
            assert_eq!(says.class, class, "{error:?}");
            assert_eq!(says.message.unwrap().as_str(), "it broke", "{error:?}");
        }
    }
}
