//! Classification by status code, headers, errors of the standard library and erased errors.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use proptest::prelude::*;
use resilient_runtime::{Class, Classification, Classify, Processed, Retryable, WaitOrigin};
use std::{
    error::Error,
    io::{self, ErrorKind},
    time::Duration,
};

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| {
            let name: HeaderName = name.parse().unwrap();
            (name, HeaderValue::from_bytes(value.as_bytes()).unwrap())
        })
        .collect()
}

fn wait_of(pairs: &[(&str, &str)]) -> Option<(Duration, WaitOrigin)> {
    let wait = Classification::from_response(StatusCode::TOO_MANY_REQUESTS, &headers(pairs)).wait?;
    Some((wait.duration, wait.origin))
}

#[test]
fn f25_every_status_code_has_a_class() {
    let class = Class::from_status;
    for status in 0..=u16::MAX {
        match status {
            400..=499 => assert_ne!(class(status), Class::Unknown, "{status}"),
            500..=599 => {
                let is_final = matches!(status, 501 | 505..=508 | 510 | 511 | 525 | 526);
                let failure = Classification::of_status(status);
                let no = failure.retryable == Some(Retryable::No);
                assert_eq!(no, is_final, "{status}");
                assert!(class(status).is_retried_by_default(), "{status}");
            }
            _ => assert_eq!(class(status), Class::Unknown, "{status}"),
        }
    }
    assert_eq!([418, 451, 499].map(class), [Class::InvalidRequest; 3]);
    assert_eq!([520, 527, 530].map(class), [Class::BadGateway; 3]);
    assert_eq!([503, 529].map(class), [Class::Overloaded; 2]);
    assert_eq!([500, 501, 528, 599].map(class), [Class::ServerError; 4]);
    assert_eq!(
        StatusCode::GATEWAY_TIMEOUT.classify().class,
        Class::GatewayTimeout
    );
}

#[test]
fn class_names_lead_back_to_their_classes() {
    for class in Class::ALL {
        assert_eq!(Class::from_name(class.as_str()), Some(*class));
        assert!(!class.advice().is_empty());
    }
    assert_eq!(Class::from_name("RateLimited"), None);
}

#[test]
fn f37_the_finer_header_wins_and_a_broken_one_does_not_hide_the_other() {
    let millis = Duration::from_millis;
    assert_eq!(
        wait_of(&[("retry-after-ms", "1500"), ("retry-after", "60")]),
        Some((millis(1_500), WaitOrigin::RetryAfterMs))
    );
    assert_eq!(
        wait_of(&[("retry-after-ms", "soon"), ("retry-after", "60")]),
        Some((millis(60_000), WaitOrigin::RetryAfter))
    );
}

#[test]
fn http_dates_of_all_three_forms_are_read() {
    let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:07 GMT").unwrap();
    for date in [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ] {
        let headers = headers(&[("retry-after", date)]);
        let found =
            Classification::from_response_at(StatusCode::SERVICE_UNAVAILABLE, &headers, now);
        assert_eq!(
            found.wait.unwrap().duration,
            Duration::from_secs(30),
            "{date}"
        );
    }
}

#[test]
fn f26_a_server_that_names_a_time_has_not_begun() {
    let told = headers(&[("retry-after", "5")]);
    let classify = Classification::from_response;
    let unavailable = StatusCode::SERVICE_UNAVAILABLE;
    assert_eq!(classify(unavailable, &told).processed, Processed::No);
    assert_eq!(
        classify(unavailable, &HeaderMap::new()).processed,
        Processed::Maybe
    );
    assert_eq!(
        classify(StatusCode::BAD_GATEWAY, &told).processed,
        Processed::Maybe
    );
    assert_eq!(
        classify(StatusCode::TOO_MANY_REQUESTS, &told).processed,
        Processed::No
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) })]

    #[test]
    fn f32_no_header_value_panics(
        status in 100_u16..1_000, name in 0..3_usize, value in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let Ok(value) = HeaderValue::from_bytes(&value) else { return Ok(()) };
        let name = [HeaderName::from_static("retry-after-ms"), http::header::RETRY_AFTER, HeaderName::from_static("x-should-retry")]
            .into_iter().nth(name).unwrap();
        let headers = HeaderMap::from_iter([(name, value)]);
        let found = Classification::from_response(StatusCode::from_u16(status).unwrap(), &headers);
        prop_assert_eq!(found.class, Class::from_status(status));
    }
}

#[test]
fn io_errors_are_told_apart_by_kind() {
    for (kind, class) in [
        (ErrorKind::ConnectionRefused, Class::Connect),
        (ErrorKind::HostUnreachable, Class::Connect),
        (ErrorKind::ConnectionReset, Class::Network),
        (ErrorKind::BrokenPipe, Class::Network),
        (ErrorKind::UnexpectedEof, Class::Network),
        (ErrorKind::TimedOut, Class::Timeout),
        (ErrorKind::InvalidData, Class::Decode),
        (ErrorKind::PermissionDenied, Class::Unknown),
        (ErrorKind::Other, Class::Unknown),
    ] {
        assert_eq!(io::Error::from(kind).classify().class, class, "{kind}");
    }
    let inner = io::Error::from(ErrorKind::ConnectionReset);
    assert_eq!(io::Error::other(inner).classify().class, Class::Network);
}

#[cfg(target_os = "linux")]
#[test]
fn exhausted_resources_of_this_machine_are_retried() {
    // EMFILE, ENFILE, ENOBUFS, EHOSTDOWN.
    for number in [24, 23, 105, 112] {
        let failure = io::Error::from_raw_os_error(number).classify();
        assert_eq!(failure.class, Class::Connect, "{number}");
        assert_eq!(failure.processed, Processed::Maybe, "{number}");
    }
    // ENOENT, ENOSPC.
    for number in [2, 28] {
        let failure = io::Error::from_raw_os_error(number).classify();
        assert_eq!(failure.class, Class::Unknown, "{number}");
    }
}

#[derive(Debug, thiserror::Error)]
#[error("while fetching")]
struct Wrapped(#[source] Box<dyn Error + Send + Sync>);

#[tokio::test(start_paused = true)]
async fn erased_errors_are_what_their_first_known_source_is() {
    let reset = || io::Error::from(ErrorKind::ConnectionReset);
    let boxed: Box<dyn Error + Send + Sync> = Box::new(Wrapped(Box::new(reset())));
    assert_eq!(boxed.classify().class, Class::Network);
    let local: Box<dyn Error> = Box::new(Wrapped(Box::new(reset())));
    assert_eq!(local.classify().class, Class::Network);
    let anyhow = anyhow::Error::from(Wrapped(Box::new(reset()))).context("more");
    assert_eq!(anyhow.classify().class, Class::Network);
    let elapsed = tokio::time::timeout(Duration::from_secs(1), std::future::pending::<()>());
    let elapsed: Box<dyn Error + Send> = Box::new(elapsed.await.unwrap_err());
    assert_eq!(elapsed.classify().class, Class::Timeout);
    let unknown = anyhow::anyhow!("nobody knows");
    assert_eq!(unknown.classify().class, Class::Unknown);
    assert_eq!(
        unknown
            .classify()
            .message
            .as_ref()
            .map(resilient_runtime::Redacted::as_str),
        Some("nobody knows")
    );
}

/// An endless chain of sources is followed up to a limit.
#[test]
fn a_cycle_of_sources_is_unknown() {
    #[derive(Debug, thiserror::Error)]
    #[error("again")]
    struct Cycle;
    #[derive(Debug)]
    struct Endless;
    impl std::fmt::Display for Endless {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("endless")
        }
    }
    impl Error for Endless {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&Endless)
        }
    }
    let endless: Box<dyn Error + Send + Sync> = Box::new(Endless);
    assert_eq!(endless.classify().class, Class::Unknown);
    let cycle: Box<dyn Error + Send + Sync> = Box::new(Cycle);
    assert_eq!(cycle.classify().class, Class::Unknown);
}
