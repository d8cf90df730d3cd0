//! Errors of io, of reports, and of clients of other protocols than plain HTTP.

use resilient_client_table::Table;
use std::io::{self, ErrorKind};

#[cfg(any(
    feature = "anyhow",
    feature = "eyre",
    feature = "backoff",
    feature = "aws"
))]
fn refused() -> io::Error {
    ErrorKind::ConnectionRefused.into()
}

pub(crate) fn rows(table: &mut Table) {
    for kind in [
        ErrorKind::ConnectionRefused,
        ErrorKind::ConnectionReset,
        ErrorKind::HostUnreachable,
        ErrorKind::AddrNotAvailable,
        ErrorKind::TimedOut,
        ErrorKind::UnexpectedEof,
        ErrorKind::InvalidData,
        ErrorKind::PermissionDenied,
    ] {
        table.row("io", &format!("{kind:?}"), io::Error::from(kind));
    }
    #[cfg(feature = "anyhow")]
    {
        let report = anyhow::Error::from(refused()).context("asking");
        table.judged("anyhow", "refused, in a context", &report);
        table.judged("anyhow", "a message", &anyhow::anyhow!("no"));
    }
    #[cfg(feature = "eyre")]
    {
        let report = eyre::Report::from(refused()).wrap_err("asking");
        table.judged("eyre", "refused, in a context", &report);
        table.judged("eyre", "a message", &eyre::eyre!("no"));
    }
    #[cfg(feature = "backoff")]
    {
        use backoff::Error;
        table.judged("backoff", "transient", &Error::transient(refused()));
        table.judged("backoff", "permanent", &Error::permanent(refused()));
    }
    #[cfg(feature = "http")]
    {
        let reset = io::Error::from(ErrorKind::ConnectionReset);
        let error = resilient_runtime::ApiError::from_transport(reset);
        table.row("http", "a transport that was reset", error);
    }
    #[cfg(feature = "serde_json")]
    for text in ["", "{", "300"] {
        let error = serde_json::from_str::<u8>(text).unwrap_err();
        table.row("serde_json", &format!("`{text}`"), error);
    }
    #[cfg(feature = "tonic")]
    tonic(table);
    #[cfg(feature = "aws")]
    aws(table);
    #[cfg(feature = "async-openai")]
    async_openai(table);
}

#[cfg(feature = "tonic")]
fn tonic(table: &mut Table) {
    use tonic::{Code, ConnectError, Status, TimeoutExpired};
    for code in (1..=16).map(Code::from_i32) {
        table.row("tonic", &format!("{code:?}"), Status::new(code, "no"));
    }
    let large = "grpc: received message larger than max (9 vs. 4)";
    table.row(
        "tonic",
        "a large message",
        Status::resource_exhausted(large),
    );
    let mapped = "grpc-status header missing, mapped from HTTP status code 502";
    table.row(
        "tonic",
        "an answer of a gateway",
        Status::unavailable(mapped),
    );
    for pushback in ["1500", "-1"] {
        let mut status = Status::unavailable("no");
        let metadata = status.metadata_mut();
        metadata.insert("grpc-retry-pushback-ms", pushback.parse().unwrap());
        table.row("tonic", &format!("pushback {pushback}"), status);
    }
    for kind in [ErrorKind::ConnectionRefused, ErrorKind::TimedOut] {
        let connect = || ConnectError(io::Error::from(kind).into());
        table.row("tonic", &format!("connecting, {kind:?}"), connect());
        let status = Status::from_error(connect().into());
        table.row(
            "tonic",
            &format!("a status of connecting, {kind:?}"),
            status,
        );
    }
    let status = Status::from_error(TimeoutExpired(()).into());
    table.row("tonic", "a timeout of this side", status);
    let reset = io::Error::from(ErrorKind::ConnectionReset);
    table.row("tonic", "a reset", Status::from_error(reset.into()));
}

#[cfg(feature = "aws")]
fn aws(table: &mut Table) {
    use aws_smithy_runtime_api::client::{
        orchestrator::HttpResponse,
        result::{ConnectorError, SdkError},
    };
    use aws_smithy_types::{body::SdkBody, error::ErrorMetadata};
    table.row("aws", "refused", ConnectorError::io(refused().into()));
    table.row("aws", "a timeout", ConnectorError::timeout("slow".into()));
    for (status, code) in [
        (400, "ThrottlingException"),
        (400, "ValidationException"),
        (403, "AccessDeniedException"),
        (503, "SlowDown"),
    ] {
        let status = http::StatusCode::from_u16(status).unwrap();
        let response = HttpResponse::new(status.into(), SdkBody::empty());
        let error = ErrorMetadata::builder().code(code).message("no").build();
        let error = SdkError::service_error(error, response);
        table.judged("aws", code, &error);
    }
}

#[cfg(feature = "async-openai")]
fn async_openai(table: &mut Table) {
    use async_openai::error::{OpenAIError, StreamError};
    let reset = io::Error::from(ErrorKind::ConnectionReset);
    let json = serde_json::from_str::<u8>("{").unwrap_err();
    for (name, error) in [
        ("an argument", OpenAIError::InvalidArgument("no".to_owned())),
        ("a reset", OpenAIError::Boxed(reset.into())),
        ("JSON", OpenAIError::JSONDeserialize(json, "{".to_owned())),
        (
            "a stream",
            OpenAIError::StreamError(Box::new(StreamError::EventStream("cut".to_owned()))),
        ),
    ] {
        table.row("async-openai", name, error);
    }
}
