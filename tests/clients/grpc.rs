//! Statuses of tonic, as its client reads them from trailers.
#![allow(clippy::unwrap_used, reason = "test code fails loudly")]

use http::HeaderMap;
use resilient_runtime::{Class, Classification, Classify, Processed, Retryable, resilient};
use std::{io, time::Duration};
use tonic::{Code, ConnectError, Request, Status, TimeoutExpired};

fn of_trailers(trailers: &[(&'static str, &str)]) -> Classification {
    let headers: HeaderMap = trailers
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    Status::from_header_map(&headers).unwrap().classify()
}

#[test]
fn a_status_is_told_by_its_code() {
    for (code, class, retried) in [
        (Code::Cancelled, Class::Cancelled, false),
        (Code::Unknown, Class::Unknown, false),
        (Code::InvalidArgument, Class::InvalidRequest, false),
        (Code::DeadlineExceeded, Class::Timeout, true),
        (Code::NotFound, Class::NotFound, false),
        (Code::AlreadyExists, Class::Conflict, false),
        (Code::PermissionDenied, Class::Permission, false),
        (Code::ResourceExhausted, Class::RateLimited, true),
        (Code::FailedPrecondition, Class::InvalidRequest, false),
        (Code::Aborted, Class::Conflict, true),
        (Code::OutOfRange, Class::InvalidRequest, false),
        (Code::Unimplemented, Class::NotFound, false),
        (Code::Internal, Class::ServerError, true),
        (Code::Unavailable, Class::Overloaded, true),
        (Code::DataLoss, Class::ServerError, false),
        (Code::Unauthenticated, Class::Authentication, false),
    ] {
        let says = Status::new(code, "no").classify();
        let is_retried = says.class.is_retried_by_default() && says.retryable.is_none();
        assert_eq!((says.class, is_retried), (class, retried), "{code:?}");
    }
}

#[test]
fn pushback_is_obeyed_and_a_negative_or_malformed_one_forbids() {
    let with =
        |pushback| of_trailers(&[("grpc-status", "14"), ("grpc-retry-pushback-ms", pushback)]);
    let told = with("1500");
    assert_eq!(told.class, Class::Overloaded);
    assert_eq!(told.wait.unwrap().duration, Duration::from_millis(1500));
    assert_eq!(
        (told.retryable, told.processed),
        (Some(Retryable::Yes), Processed::No)
    );
    for pushback in ["-1", "soon", "", "99999999999999999999999"] {
        let says = with(pushback);
        assert_eq!(
            (says.retryable, says.wait),
            (Some(Retryable::Forbidden), None),
            "{pushback}"
        );
    }
}

/// `google.rpc.Status { code: 8, details: [RetryInfo { retry_delay: 7 s }] }`.
#[test]
fn the_delay_of_a_retry_info_is_the_wait() {
    let details = "CAgaLgoodHlwZS5nb29nbGVhcGlzLmNvbS9nb29nbGUucnBjLlJldHJ5SW5mbxICCgA";
    let none = of_trailers(&[("grpc-status", "8"), ("grpc-status-details-bin", details)]);
    assert_eq!((none.class, none.wait), (Class::RateLimited, None));
    let details = "CAgaMAoodHlwZS5nb29nbGVhcGlzLmNvbS9nb29nbGUucnBjLlJldHJ5SW5mbxIECgIIBw";
    let told = of_trailers(&[("grpc-status", "8"), ("grpc-status-details-bin", details)]);
    assert_eq!(told.wait.unwrap().duration, Duration::from_secs(7));
}

#[test]
fn a_status_made_on_this_side_is_told_by_its_cause() {
    let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
    let connect = Status::from_error(Box::new(ConnectError(Box::new(refused)))).classify();
    assert_eq!(
        (connect.class, connect.processed),
        (Class::Connect, Processed::No)
    );
    let timeout = Status::from_error(Box::new(TimeoutExpired(()))).classify();
    assert_eq!(timeout.class, Class::Timeout);
    let reset = io::Error::from(io::ErrorKind::ConnectionReset);
    assert_eq!(
        Status::from_error(Box::new(reset)).classify().class,
        Class::Network
    );
    let said = of_trailers(&[
        ("grpc-status", "16"),
        ("grpc-message", "key%20expired"),
        ("x-request-id", "r-1"),
    ]);
    assert_eq!(said.code.unwrap().to_string(), "UNAUTHENTICATED");
    assert_eq!(said.message.unwrap().to_string(), "key expired");
    assert_eq!(said.request_id.unwrap().to_string(), "r-1");
}

/// A client as tonic generates it: it fails twice.
#[derive(Default)]
struct Client {
    asked: Vec<String>,
}

impl Client {
    #[resilient]
    async fn get(
        &mut self,
        request: impl tonic::IntoRequest<String>,
    ) -> Result<tonic::Response<usize>, Status> {
        let mut request = request.into_request();
        let header = request.metadata().get("x-id").cloned();
        request.extensions_mut().insert(3_u8);
        self.asked.push(format!("{} {header:?}", request.get_ref()));
        match self.asked.len() {
            1 | 2 => Err(Status::unavailable("not now")),
            count => Ok(tonic::Response::new(count)),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn f219_a_request_reaches_every_attempt_with_its_metadata() {
    let mut request = Request::new("a".to_owned());
    request.metadata_mut().insert("x-id", "7".parse().unwrap());
    let mut client = Client::default();
    assert_eq!(client.get(request).await.unwrap().into_inner(), 3);
    assert_eq!(client.asked, ["a Some(\"7\")"; 3]);
    assert_eq!(client.get("b".to_owned()).await.unwrap().into_inner(), 4);
    assert_eq!(client.asked.last().unwrap(), "b None");
}

async fn from_cache(
    request: impl tonic::IntoRequest<String>,
    _: Status,
) -> Result<tonic::Response<String>, Status> {
    Ok(tonic::Response::new(request.into_request().into_inner()))
}

#[tokio::test(start_paused = true)]
async fn a_fallback_has_the_request_too() {
    #[resilient(attempts = 2, fallback = from_cache)]
    async fn get(
        request: impl tonic::IntoRequest<String>,
    ) -> Result<tonic::Response<String>, Status> {
        Err(Status::unavailable(request.into_request().into_inner()))
    }
    assert_eq!(get("a".to_owned()).await.unwrap().into_inner(), "a");
}
