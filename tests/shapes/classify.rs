//! Failures and successes classified by functions in the attribute.
#![allow(clippy::unwrap_used, reason = "tests")]

use resilient_runtime::{Class, Classification, Rejection, ServerWait, WaitOrigin, resilient};
use resilient_shapes::{Failure, Server};
use std::time::Duration;
use tokio::time::Instant;

/// Responds with a status, like clients for which every response is a success.
struct Response(u16);

mod judge {
    use super::*;

    pub(super) fn by_status(response: &Response) -> Option<Classification> {
        (response.0 >= 400).then(|| Classification::of_status(response.0))
    }

    pub(super) fn by_text(text: &String) -> Class {
        if text == "busy" {
            Class::Overloaded
        } else {
            Class::InvalidRequest
        }
    }
}

#[tokio::test(start_paused = true)]
async fn errors_classified_by_a_function() {
    #[resilient(classify = judge::by_text)]
    async fn path(server: &Server, last: &str) -> Result<usize, String> {
        server.ask("x").await.map_err(|_| last.to_owned())
    }
    #[resilient(classify = |error: &Coded| Classification::of_status(error.0).wait(wait))]
    async fn closure(server: &Server, wait: ServerWait) -> Result<usize, Coded> {
        server.ask("x").await.map_err(|_| Coded(503))
    }
    #[resilient(classify = |()| Class::ServerError)]
    async fn unit(server: &Server) -> Result<usize, ()> {
        server.ask("x").await.map_err(drop)
    }
    #[derive(Debug)]
    struct Coded(u16);
    impl From<Rejection> for Coded {
        fn from(_: Rejection) -> Self {
            Self(0)
        }
    }
    let server = Server::new();
    assert_eq!(path(&server, "no").await.unwrap_err(), "no");
    assert_eq!(path(&server, "busy").await.unwrap(), 3);
    let (server, start) = (Server::new(), Instant::now());
    let wait = ServerWait::new(Duration::from_secs(20), WaitOrigin::RetryAfter);
    assert_eq!(closure(&server, wait).await.unwrap(), 3);
    assert!(start.elapsed() >= Duration::from_secs(40));
    assert_eq!(unit(&Server::new()).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn successes_that_are_failures() {
    #[resilient(classify_ok = judge::by_status)]
    async fn path(server: &Server) -> Result<Response, Failure> {
        Ok(Response(if server.ask("x").await.is_ok() {
            200
        } else {
            503
        }))
    }
    #[resilient(classify_ok = |list| list.is_empty().then_some(Class::Decode.into()), on(decode, retry = true))]
    async fn closure(server: &Server) -> Result<Vec<usize>, Failure> {
        Ok(server.ask("x").await.into_iter().collect())
    }
    #[resilient(classify = |()| Class::Network, classify_ok = judge::by_status)]
    async fn both(server: &Server) -> Result<Response, ()> {
        match server.ask("x").await {
            Ok(_) => Ok(Response(200)),
            Err(_) if server.asked().len() == 1 => Ok(Response(503)),
            Err(_) => Err(()),
        }
    }
    assert_eq!(path(&Server::new()).await.unwrap().0, 200);
    assert_eq!(closure(&Server::new()).await.unwrap(), [3]);
    assert_eq!(both(&Server::new()).await.unwrap().0, 200);
}
