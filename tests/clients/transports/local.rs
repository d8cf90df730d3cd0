//! Failures of this process below the wrappers of a client.

use super::Boxed;
use futures_of_bodies::failing;
use resilient_runtime::{
    Class, Classification, Classify, Processed, register_error,
    testing::server::{FaultyServer, ok},
};
use std::{fmt, io};

mod futures_of_bodies {
    use super::Boxed;
    use hyper::body::{Body, Bytes, Frame};
    use std::{
        pin::Pin,
        task::{Context, Poll},
    };

    /// A body whose source fails at once.
    pub(super) struct Failing(Option<Boxed>);

    pub(super) fn failing(error: impl Into<Boxed>) -> Failing {
        Failing(Some(error.into()))
    }

    impl Body for Failing {
        type Data = Bytes;
        type Error = Boxed;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Boxed>>> {
            Poll::Ready(self.0.take().map(Err))
        }
    }
}

/// The classification of an upload by both versions of reqwest.
async fn upload<E: Into<Boxed>>(error: fn() -> E) -> [Classification; 2] {
    let server = FaultyServer::start().await;
    server.otherwise(ok("stored"));
    resilient_examples::install_tls();
    let newer = reqwest::Client::builder().no_proxy().build().unwrap();
    let older = reqwest_012::Client::builder().no_proxy().build().unwrap();
    let newer = newer
        .put(server.url())
        .body(reqwest::Body::wrap(failing(error())));
    let older = older
        .put(server.url())
        .body(reqwest_012::Body::wrap(failing(error())));
    [
        newer.send().await.unwrap_err().classify(),
        older.send().await.unwrap_err().classify(),
    ]
}

#[derive(Debug)]
struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too large")
    }
}

impl std::error::Error for TooLarge {}

impl Classify for TooLarge {
    fn classify(&self) -> Classification {
        Classification::new(Class::ContextLength)
    }
}

#[tokio::test]
async fn f254_an_upload_whose_source_fails_is_classified_by_its_source() {
    assert!(register_error::<TooLarge>());
    let denied = upload(|| io::Error::from(io::ErrorKind::PermissionDenied)).await;
    let own = upload(|| TooLarge).await;
    let broken = upload(|| io::Error::from(io::ErrorKind::ConnectionReset)).await;
    for (failures, class) in [
        (denied, Class::Unknown),
        (own, Class::ContextLength),
        (broken, Class::Network),
    ] {
        for failure in failures {
            let told = (failure.class, failure.processed);
            assert_eq!(told, (class, Processed::Maybe), "{failure:?}");
        }
    }
}

#[tokio::test]
async fn f255_a_complete_answer_that_cannot_be_unpacked_is_decode() {
    let server = FaultyServer::start().await;
    server.otherwise(ok("no gzip at all").header("content-encoding", "gzip"));
    let http = reqwest_012::Client::builder().no_proxy().build().unwrap();
    let answer = http.get(server.url()).send().await.unwrap();
    let failure = answer.text().await.unwrap_err().classify();
    assert_eq!(failure.class, Class::Decode);
}
