//! The meaning of a gRPC status beside its code: the reason in its details, and the texts that gRPC
//! libraries write themselves.

use crate::{Class, Classification, Processed, classify::clients::rpc::Details, failure::google};
use ::tonic::Code;

/// The classification by the details or else the text; `None` leaves it to the code.
pub(super) fn of(code: Code, message: &str, details: &Details<'_>) -> Option<Classification> {
    if code == Code::ResourceExhausted && details.is_quota_of_a_day {
        return Some(Classification::new(Class::QuotaExhausted));
    }
    let by_reason = details.reason.and_then(google::class_of);
    by_reason
        .map(Classification::new)
        .or_else(|| of_answer(message))
        .or_else(|| of_text(code, message))
}

/// An answer of HTTP without a status of gRPC, as from a gateway: tonic names its status. Its
/// headers and body are lost.
fn of_answer(message: &str) -> Option<Classification> {
    let mapped = message.strip_prefix("grpc-status header missing, mapped from HTTP status code ");
    let unreadable = || {
        Some(
            message
                .split_once("while receiving response with status: ")?
                .1,
        )
    };
    let status = mapped.or_else(unreadable)?.get(..3)?.parse().ok()?;
    (status >= 400).then(|| Classification::of_status(status))
}

/// How the texts of tonic begin where they say something else than their code.
const TEXTS: [(Code, &str, Class); 6] = [
    // The timeout of a server, or the one that a server read from `grpc-timeout`.
    (Code::Cancelled, "Timeout expired", Class::Timeout),
    // A proxy has cut the answer.
    (
        Code::Unknown,
        "protocol error: missing grpc-status",
        Class::Network,
    ),
    (
        Code::Internal,
        "Unexpected EOF decoding stream",
        Class::Network,
    ),
    // One of the two sides cannot read the message of the other.
    (
        Code::Internal,
        "failed to decode Protobuf message",
        Class::Decode,
    ),
    (Code::Internal, "Error decompressing", Class::Decode),
    (
        Code::Internal,
        "protocol error: received message with",
        Class::Decode,
    ),
];

fn of_text(code: Code, message: &str) -> Option<Classification> {
    if is_size(code, message) {
        return Some(Classification::new(Class::InvalidRequest));
    }
    let (_, _, class) = TEXTS
        .into_iter()
        .find(|(of, start, _)| *of == code && message.starts_with(start))?;
    Some(Classification::new(class).processed(Processed::Maybe))
}

/// The ends of "received message larger than max", "gRPC message exceeds maximum size", "decoded
/// message length too large", and others of Go, C++, Java, .NET and tonic. No retry makes the
/// message smaller.
const TOO_LARGE: [&str; 8] = [
    "larger than max",
    "larger than the max",
    "exceeds max",
    "exceeds the max",
    "too large",
    "size exceeds",
    "exceeded while decompressing",
    "with more than 4gb",
];

/// True if a message or metadata has more bytes than one of the sides permits.
fn is_size(code: Code, message: &str) -> bool {
    if !matches!(code, Code::ResourceExhausted | Code::OutOfRange) {
        return false;
    }
    let text = message.to_ascii_lowercase();
    ["message", "metadata", "body"]
        .iter()
        .any(|of| text.contains(of))
        && TOO_LARGE.iter().any(|end| text.contains(end))
}
