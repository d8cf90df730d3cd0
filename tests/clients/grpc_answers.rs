//! What a gRPC status says beside its code: answers that are not gRPC, and the details.
#![allow(clippy::unwrap_used, reason = "test code fails loudly")]

use resilient_runtime::{Class, Classification, Classify};
use tonic::{Code, Status};

#[test]
fn f263_an_answer_that_is_not_grpc_is_told_by_its_http_status() {
    let mapped = "grpc-status header missing, mapped from HTTP status code";
    let html = "protocol error: received message with invalid compression flag: 60 (valid flags \
                are 0 and 1) while receiving response with status:";
    for (code, status, class) in [
        (Code::Unauthenticated, 401, Class::Authentication),
        (Code::PermissionDenied, 403, Class::Permission),
        (Code::Unimplemented, 404, Class::NotFound),
        (Code::Unknown, 413, Class::InvalidRequest),
        (Code::Unavailable, 429, Class::RateLimited),
        (Code::Unavailable, 502, Class::BadGateway),
        (Code::Unavailable, 503, Class::Overloaded),
        (Code::Unavailable, 504, Class::GatewayTimeout),
        (Code::Unknown, 520, Class::BadGateway),
    ] {
        let says = Status::new(code, format!("{mapped} {status}")).classify();
        assert_eq!((says.class, says.status), (class, Some(status)));
        let says = Status::internal(format!("{html} {status} Because")).classify();
        assert_eq!((says.class, says.status), (class, Some(status)));
    }
    for (status, class) in [
        (Status::internal(format!("{html} 200 OK")), Class::Decode),
        (
            Status::internal("failed to decode Protobuf message: invalid tag value: 0"),
            Class::Decode,
        ),
        (
            Status::unknown("protocol error: missing grpc-status trailer, stream was terminated"),
            Class::Network,
        ),
        (
            Status::internal("Unexpected EOF decoding stream."),
            Class::Network,
        ),
    ] {
        assert_eq!(status.classify().class, class, "{status}");
    }
}

/// A field of a message, shorter than 128 bytes.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap();
    [&[number << 3 | 2, length], content].concat()
}

fn detailed(code: Code, kind: &str, detail: &[u8]) -> Classification {
    let kind = format!("type.googleapis.com/google.rpc.{kind}");
    let any = [field(1, kind.as_bytes()), field(2, detail)].concat();
    let details = field(3, &any).into();
    Status::with_details(code, "no", details).classify()
}

#[test]
fn f264_the_reason_in_the_details_tells_more_than_the_code() {
    for (code, reason, class) in [
        (
            Code::ResourceExhausted,
            "RATE_LIMIT_EXCEEDED",
            Class::RateLimited,
        ),
        (
            Code::ResourceExhausted,
            "dailyLimitExceeded",
            Class::QuotaExhausted,
        ),
        (
            Code::PermissionDenied,
            "BILLING_DISABLED",
            Class::QuotaExhausted,
        ),
        (
            Code::InvalidArgument,
            "API_KEY_INVALID",
            Class::Authentication,
        ),
        (
            Code::PermissionDenied,
            "SERVICE_DISABLED",
            Class::Permission,
        ),
        (Code::Unavailable, "MAINTENANCE", Class::Overloaded),
    ] {
        let says = detailed(code, "ErrorInfo", &field(1, reason.as_bytes()));
        assert_eq!(says.class, class, "{reason}");
        assert_eq!(says.kind.unwrap().to_string(), reason);
    }
    let quota = |id: &str| {
        let violation = field(1, &field(5, id.as_bytes()));
        detailed(Code::ResourceExhausted, "QuotaFailure", &violation).class
    };
    assert_eq!(
        quota("GenerateRequestsPerDayPerProject"),
        Class::QuotaExhausted
    );
    assert_eq!(
        quota("GenerateRequestsPerMinutePerProject"),
        Class::RateLimited
    );
    let limit = |name: &str| {
        let entry = [field(1, b"quota_limit"), field(2, name.as_bytes())].concat();
        detailed(Code::ResourceExhausted, "ErrorInfo", &field(3, &entry)).class
    };
    assert_eq!(limit("WritesPerDayPerUser"), Class::QuotaExhausted);
    assert_eq!(limit("WritesPerMinutePerUser"), Class::RateLimited);
}
