//! Requests that HTTP/2 refused, by clients that do not repeat them.

use super::Boxed;
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper_util::{client::legacy, rt::TokioExecutor};
use resilient_runtime::{
    Class, Classification, Classify, Processed,
    testing::server::{Answer, FaultyServer, close, goaway, ok, refused_stream, reset},
};
use tonic::Status;

async fn by_hyper_util(url: &str) -> Result<(), Boxed> {
    use http_body_util::BodyExt as _;
    let client = legacy::Client::builder(TokioExecutor::new())
        .http2_only(true)
        .build_http::<Empty<Bytes>>();
    client
        .get(url.parse()?)
        .await?
        .into_body()
        .collect()
        .await?;
    Ok(())
}

/// As tonic wraps the errors of its transport.
async fn by_tonic(url: &str) -> Result<(), Boxed> {
    by_hyper_util(url)
        .await
        .map_err(|error| Status::from_error(error).into())
}

async fn by_reqwest_012(url: &str) -> Result<(), Boxed> {
    let client = reqwest_012::Client::builder().http2_prior_knowledge();
    let client = client
        .retry(reqwest_012::retry::never())
        .no_proxy()
        .build()?;
    client.get(url).send().await?.bytes().await?;
    Ok(())
}

async fn after<F: Future<Output = Result<(), Boxed>>>(
    get: impl Fn(&'static str) -> F,
    answer: Answer,
) -> Classification {
    let server = FaultyServer::start().await;
    server.otherwise(answer);
    get(server.url().leak()).await.unwrap_err().classify()
}

#[tokio::test]
async fn f251_a_request_that_http2_refused_was_not_processed_whatever_the_client() {
    for refused in [refused_stream as fn() -> Answer, goaway] {
        for failure in [
            after(by_hyper_util, refused()).await,
            after(by_tonic, refused()).await,
            after(by_reqwest_012, refused()).await,
        ] {
            let told = (failure.class, failure.processed);
            assert_eq!(told, (Class::Network, Processed::No), "{}", refused());
        }
    }
}

#[tokio::test]
async fn f252_a_connection_that_broke_may_have_processed_the_request() {
    let cut = || ok("hello").cut();
    for broken in [reset as fn() -> Answer, close, cut] {
        for failure in [
            after(by_hyper_util, broken()).await,
            after(by_reqwest_012, broken()).await,
        ] {
            let told = (failure.class, failure.processed);
            assert_eq!(told, (Class::Network, Processed::Maybe), "{}", broken());
        }
        let of_tonic = after(by_tonic, broken()).await;
        assert_eq!(of_tonic.processed, Processed::Maybe, "{}", broken());
    }
}
