//! Answers and faults over HTTP/2.

use super::{Fault, assert_classes, outcome, read};
use reqwest::{Client, retry};
use resilient_examples::install_tls;
use resilient_runtime::{
    Class,
    testing::server::{FaultyServer, close, goaway, hang, ok, refused_stream, reset, sse, status},
};
use std::time::Duration;

/// A client that repeats no request by itself.
pub(crate) fn client() -> Client {
    install_tls();
    let builder = Client::builder().http2_prior_knowledge().no_proxy();
    builder.retry(retry::never()).build().unwrap()
}

#[tokio::test]
async fn each_fault_has_the_same_class_as_over_http1() {
    let faults: [Fault; 10] = [
        ("goaway", goaway, Class::Network),
        ("refused stream", refused_stream, Class::Network),
        ("reset", reset, Class::Network),
        ("close", close, Class::Network),
        ("hang", hang, Class::Timeout),
        ("half a body", || ok("hello").half_body(), Class::Network),
        ("a cut body", || ok("hello").cut(), Class::Network),
        ("stall", || ok("hello").stall(), Class::Timeout),
        (
            "length too large",
            || ok("hello").content_length(6),
            Class::Network,
        ),
        ("503", || status(503), Class::Overloaded),
    ];
    assert_classes(&client(), &faults).await;
}

#[tokio::test]
async fn goaway_and_refused_stream_say_so_to_the_client() {
    let server = FaultyServer::start().await;
    server.answer([goaway(), refused_stream()]);
    for name in [
        "GoAway(b\"\", NO_ERROR, Remote)",
        "Reset(StreamId(1), REFUSED_STREAM, Remote)",
    ] {
        let error = client().get(server.url()).send().await.unwrap_err();
        let text = format!("{error:?}");
        assert!(text.contains(name), "{text}");
    }
}

/// As reqwest does by default: the server has said that it did not process the request.
#[tokio::test]
async fn a_refused_request_is_repeated_by_the_client_and_recorded_each_time() {
    install_tls();
    let builder = Client::builder().http2_prior_knowledge().no_proxy();
    let http = builder.build().unwrap();
    let server = FaultyServer::start().await;
    server.answer([refused_stream(), goaway(), ok("hello")]);
    assert_eq!(read(&http, &server.url()).await.unwrap(), "hello");
    assert_eq!(server.requests().await.len(), 3);
}

#[tokio::test]
async fn one_connection_answers_many_requests_at_a_time() {
    let server = FaultyServer::start().await;
    server
        .at("/slow")
        .answer(ok("slow").delay(Duration::from_millis(50)));
    server.at("/fast").otherwise(ok("fast"));
    let http = client();
    let (slow, fast) = (server.url_of("/slow"), server.url_of("/fast"));
    let both = futures::future::join(read(&http, &slow), read(&http, &fast));
    let (slow, fast) = both.await;
    assert_eq!(
        (slow.unwrap(), fast.unwrap()),
        ("slow".into(), "fast".into())
    );
    let request = http
        .post(server.url_of("/fast?x=1"))
        .body("x".repeat(200_000));
    request.send().await.unwrap();
    let requests = server.requests().await;
    assert_eq!(requests[2].body.len(), 200_000);
    assert_eq!(
        (&*requests[2].path, requests[2].query.as_deref()),
        ("/fast", Some("x=1"))
    );
}

#[tokio::test]
async fn a_stream_of_events_arrives() {
    let events = sse().data("one").gap(Duration::from_millis(5)).data("two");
    let body = outcome(&client(), events).await.unwrap();
    assert_eq!(body, "data: one\n\ndata: two\n\n");
}

/// A fault that the protocol does not have is a mistake of the test.
#[tokio::test]
async fn a_fault_of_the_other_protocol_is_named() {
    for (http, fault, name) in [
        (client(), ok("hello").malformed_chunk(), "no chunks"),
        (
            resilient_examples::client(),
            goaway(),
            "http2_prior_knowledge",
        ),
        (
            resilient_examples::client(),
            refused_stream(),
            "http2_prior_knowledge",
        ),
    ] {
        let server = FaultyServer::start().await;
        server.answer(fault);
        let error = read(&http, &server.url()).await.unwrap_err();
        assert_eq!(error.failure().class, Class::InvalidRequest);
        assert!(error.to_string().contains(name), "{error}");
        let panic = super::panic_of(|| server.assert_used_up());
        assert!(panic.contains(name), "{panic}");
    }
}
