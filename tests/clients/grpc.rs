//! Statuses of tonic, as its client reads them from trailers.
#![allow(clippy::unwrap_used, reason = "test code fails loudly")]

use http::HeaderMap;
use resilient_runtime::{Class, Classification, Classify, Processed, Retryable, resilient};
use std::{error::Error, fmt, io, sync::Arc, time::Duration};
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
        (Code::Cancelled, Class::Network, true),
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
fn f260_a_cancellation_by_the_other_side_is_no_cancellation_by_the_caller() {
    for message in [
        "",
        "RST_STREAM",
        "upstream%20connect%20error",
        "client%20cancelled",
    ] {
        let told = of_trailers(&[("grpc-status", "1"), ("grpc-message", message)]);
        assert_eq!(
            (told.class, told.processed, told.retryable),
            (Class::Network, Processed::Maybe, None),
            "{message}"
        );
    }
    let timeout = of_trailers(&[("grpc-status", "1"), ("grpc-message", "Timeout%20expired")]);
    assert_eq!(
        (timeout.class, timeout.processed),
        (Class::Timeout, Processed::Maybe)
    );
    let mut own = Status::cancelled("stopped");
    own.set_source(Arc::new(io::Error::from(io::ErrorKind::TimedOut)));
    assert_eq!(own.classify().class, Class::Timeout, "it has a local cause");
}

#[test]
fn f261_a_message_that_is_too_large_is_final() {
    for (code, message) in [
        (
            "8",
            "grpc: received message larger than max (5000000 vs. 4194304)",
        ),
        ("8", "trying to send message larger than max (9 vs. 8)"),
        ("8", "SERVER: Received message larger than max (5 vs. 4)"),
        ("8", "gRPC message exceeds maximum size 4194304: 5000000"),
        (
            "8",
            "Received message exceeds the maximum configured message size.",
        ),
        (
            "8",
            "received metadata size exceeds hard limit (17000 vs. 16384)",
        ),
        (
            "8",
            "Error decompressing: size limit, of 4 bytes, exceeded while decompressing message",
        ),
        (
            "11",
            "Error, decoded message length too large: found 9 bytes, the limit is: 4 bytes",
        ),
    ] {
        let status = Status::new(Code::from_bytes(code.as_bytes()), message).classify();
        assert_eq!(status.class, Class::InvalidRequest, "{message}");
        assert!(!status.class.is_retried_by_default());
    }
    for message in [
        "too many requests",
        "message quota exceeded",
        "per-minute limit of messages",
    ] {
        let status = Status::resource_exhausted(message).classify();
        assert_eq!(status.class, Class::RateLimited, "{message}");
    }
}

fn is_retried(says: &Classification) -> bool {
    match says.retryable {
        None => says.class.is_retried_by_default(),
        Some(retryable) => retryable == Retryable::Yes,
    }
}

#[test]
fn f262_pushback_is_obeyed_and_a_negative_malformed_or_repeated_one_forbids() {
    let with = |code, pushback| {
        of_trailers(&[("grpc-status", code), ("grpc-retry-pushback-ms", pushback)])
    };
    for (code, class, processed) in [
        ("14", Class::Overloaded, Processed::No),
        ("8", Class::RateLimited, Processed::No),
        ("13", Class::ServerError, Processed::Maybe),
    ] {
        let told = with(code, "1500");
        assert_eq!((told.class, told.processed), (class, processed));
        assert!(is_retried(&told));
        assert_eq!(told.wait.unwrap().duration, Duration::from_millis(1500));
    }
    assert_eq!(with("14", "0").wait, None, "at once, by the schedule");
    for pushback in ["-1", "soon", "", "1.5", "1, 2", "99999999999999999999999"] {
        let says = with("14", pushback);
        assert_eq!(
            (says.retryable, says.wait),
            (Some(Retryable::Forbidden), None),
            "{pushback}"
        );
    }
    for repeated in [["10", "10"], ["10", "-1"]] {
        let mut status = Status::unavailable("no");
        for value in repeated {
            let value = value.parse().unwrap();
            status
                .metadata_mut()
                .append("grpc-retry-pushback-ms", value);
        }
        let says = status.classify();
        assert_eq!(says.retryable, Some(Retryable::Forbidden), "{repeated:?}");
    }
}

#[test]
fn f262_a_wait_makes_no_final_code_retryable() {
    let info = "CAgaMAoodHlwZS5nb29nbGVhcGlzLmNvbS9nb29nbGUucnBjLlJldHJ5SW5mbxIECgIIBw";
    for code in ["2", "3", "5", "6", "7", "9", "11", "12", "15", "16"] {
        for wait in [
            ("grpc-retry-pushback-ms", "20"),
            ("grpc-status-details-bin", info),
        ] {
            let says = of_trailers(&[("grpc-status", code), wait]);
            assert!(!is_retried(&says), "{code} {wait:?}: {says:?}");
        }
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

/// As the error of tonic's transport wraps it.
#[derive(Debug)]
struct Transport(Box<dyn Error + Send + Sync>);

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("transport error")
    }
}

impl Error for Transport {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

#[test]
fn f167_a_connection_that_failed_below_another_error_has_sent_nothing() {
    for (kind, class) in [
        (io::ErrorKind::ConnectionRefused, Class::Connect),
        (io::ErrorKind::ConnectionReset, Class::Connect),
        (io::ErrorKind::TimedOut, Class::Timeout),
    ] {
        let connect = ConnectError(Box::new(io::Error::from(kind)));
        let erased: Box<dyn Error> = Box::new(Transport(Box::new(connect)));
        let says = erased.classify();
        assert_eq!((says.class, says.processed), (class, Processed::No));
    }
    let erased: Box<dyn Error> = Box::new(Transport(Box::new(TimeoutExpired(()))));
    let says = erased.classify();
    assert_eq!(
        (says.class, says.processed),
        (Class::Timeout, Processed::Maybe)
    );
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
