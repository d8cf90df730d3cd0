//! Requests that HTTP/2 refused, by clients that do not repeat them.

use super::Boxed;
use h2::Reason;
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper_util::{client::legacy, rt::TokioExecutor};
use resilient_runtime::{
    Class, Classification, Classify, Processed,
    testing::server::{Answer, FaultyServer, close, goaway, ok, refused_stream, reset},
};
use std::time::Duration;
use tokio::net::TcpListener;
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

/// How a server of h2 ends a stream that it may have processed.
#[derive(Clone, Copy, Debug)]
enum End {
    /// `RST_STREAM` with this code.
    Reset(Reason),
    /// The head of an answer, and then `REFUSED_STREAM`.
    RefusedWithinAnswer,
    /// GOAWAY whose last stream is this one, and the end of the connection.
    GoAwayAfter(Reason),
}

async fn ending(end: End) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut connection = h2::server::handshake(stream).await.unwrap();
            let Some(Ok((_, mut respond))) = connection.accept().await else {
                continue;
            };
            match end {
                End::Reset(reason) => respond.send_reset(reason),
                End::RefusedWithinAnswer => {
                    let head = http::Response::new(());
                    let mut body = respond.send_response(head, false).unwrap();
                    body.send_data("hello".into(), false).unwrap();
                    // The head is sent before the reset.
                    let flushed = Duration::from_millis(50);
                    let _ = tokio::time::timeout(flushed, connection.accept()).await;
                    body.send_reset(Reason::REFUSED_STREAM);
                }
                End::GoAwayAfter(reason) => connection.abrupt_shutdown(reason),
            }
            tokio::spawn(async move { while let Some(Ok(_)) = connection.accept().await {} });
        }
    });
    format!("http://{address}/")
}

#[tokio::test]
async fn f252_a_stream_that_ended_otherwise_may_have_been_processed() {
    for end in [
        End::Reset(Reason::INTERNAL_ERROR),
        End::Reset(Reason::CANCEL),
        End::Reset(Reason::NO_ERROR),
        End::RefusedWithinAnswer,
        End::GoAwayAfter(Reason::NO_ERROR),
        End::GoAwayAfter(Reason::INTERNAL_ERROR),
    ] {
        let url = ending(end).await;
        for failed in [
            by_hyper_util(&url).await,
            by_reqwest_012(&url).await,
            by_tonic(&url).await,
        ] {
            let failure = failed.unwrap_err().classify();
            assert_eq!(failure.processed, Processed::Maybe, "{end:?}: {failure:?}");
        }
    }
}
