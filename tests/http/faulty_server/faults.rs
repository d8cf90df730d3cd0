//! The faults of HTTP/1.1 and of TLS.

use super::{Fault, assert_classes, outcome, read};
use resilient_examples::client;
use resilient_runtime::{
    Class, Processed,
    testing::server::{FaultyServer, close, hang, ok, reset, status},
};
use std::{
    error::Error,
    io::ErrorKind,
    iter::successors,
    time::{Duration, Instant},
};

const SOON: Duration = Duration::from_millis(20);
/// Longer than the timeout of an attempt.
const LATE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn each_fault_has_the_class_of_its_documentation() {
    let faults: [Fault; 12] = [
        ("hang", hang, Class::Timeout),
        ("reset", reset, Class::Network),
        ("close", close, Class::Network),
        ("half a body", || ok("hello").half_body(), Class::Network),
        ("a cut body", || ok("hello").cut(), Class::Network),
        ("head, silence", || status(200).stall(), Class::Timeout),
        ("body, silence", || ok("hello").stall(), Class::Timeout),
        (
            "malformed chunk",
            || ok("hello").malformed_chunk(),
            Class::Network,
        ),
        (
            "length too large",
            || ok("hello").content_length(6),
            Class::Network,
        ),
        ("late head", || ok("hello").delay(LATE), Class::Timeout),
        (
            "late body",
            || ok("hello").delay_in_body(LATE),
            Class::Timeout,
        ),
        ("slow body", || ok("hello").trickle(LATE), Class::Timeout),
    ];
    assert_classes(&client(), &faults).await;
}

#[tokio::test]
async fn each_status_has_its_class_and_a_broken_body_does_not_change_it() {
    for code in [400, 401, 404, 408, 409, 429, 500, 502, 503, 504, 529] {
        let class = Class::from_status(code);
        assert_eq!(outcome(&client(), status(code)).await, Err(class), "{code}");
        let broken = status(code).body("{\"error\":").half_body();
        assert_eq!(outcome(&client(), broken).await, Err(class), "{code}");
    }
}

#[tokio::test]
async fn a_slow_answer_arrives_whole() {
    for answer in [
        ok("hello").delay(SOON),
        ok("hello").delay_in_body(SOON),
        ok("hello").trickle(SOON / 4),
    ] {
        let begin = Instant::now();
        assert_eq!(outcome(&client(), answer).await, Ok("hello".to_owned()));
        assert!(begin.elapsed() >= SOON);
    }
}

#[tokio::test]
async fn a_length_that_is_too_small_cuts_the_body() {
    let cut = ok("hello").content_length(4);
    assert_eq!(outcome(&client(), cut).await, Ok("hell".to_owned()));
}

/// A reset and a close differ for the client, though not for a retry.
#[tokio::test]
async fn a_reset_is_no_close() {
    let kinds = async |answer| {
        let server = FaultyServer::start().await;
        server.answer(answer);
        let error = client().get(server.url()).send().await.unwrap_err();
        let chain = successors(Some(&error as &(dyn Error + 'static)), |error| {
            (*error).source()
        });
        let kinds = chain.filter_map(|error| Some(error.downcast_ref::<std::io::Error>()?.kind()));
        kinds.collect::<Vec<_>>()
    };
    assert_eq!(kinds(reset()).await, [ErrorKind::ConnectionReset]);
    assert!(!kinds(close()).await.contains(&ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn the_wait_that_a_server_asks_for_is_sent_in_full() {
    for (wait, header) in [
        (Duration::from_secs(7), "retry-after"),
        (Duration::from_millis(1_500), "retry-after-ms"),
    ] {
        let server = FaultyServer::start().await;
        server.answer(status(429).retry_after(wait));
        let error = read(&client(), &server.url()).await.unwrap_err();
        assert_eq!(error.failure().wait.unwrap().duration, wait, "{header}");
    }
}

#[tokio::test]
async fn a_wrong_certificate_fails_before_the_request() {
    let server = FaultyServer::start().await;
    let http = client();
    let error = read(&http, &server.https_url()).await.unwrap_err();
    let failure = error.failure();
    assert_eq!(
        (failure.class, failure.processed),
        (Class::CannotConnect, Processed::No)
    );
    assert!(format!("{error:#}").contains("certificate"), "{error:#}");
    assert!(server.requests().await.is_empty());
}

/// A client that does not check certificates gets the scripted answers, faults among them.
#[tokio::test]
async fn answers_over_tls_are_those_of_the_script() {
    resilient_examples::install_tls();
    let http = reqwest::Client::builder().tls_danger_accept_invalid_certs(true);
    let http = http.no_proxy().build().unwrap();
    let server = FaultyServer::start().await;
    server.answer([ok("hello"), reset(), ok("hello").half_body()]);
    let url = server.https_url();
    assert_eq!(read(&http, &url).await.unwrap(), "hello");
    for _ in 0..2 {
        let error = read(&http, &url).await.unwrap_err();
        assert_eq!(error.failure().class, Class::Network);
    }
    server.assert_used_up();
}
