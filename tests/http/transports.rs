//! Connections that can never be set up, and requests that were surely not processed.

use super::faulty_server::http2;
use reqwest::{Client, Proxy};
use resilient_examples::client;
use resilient_runtime::{
    Breaker, CallError, Class, Classify, Policy, Processed, Upstream, resilient,
    testing::server::{Answer, FaultyServer, close, goaway, ok, refused_stream, reset},
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

const FAST: Policy = Policy::new().attempts(3);

type Failed = CallError<reqwest::Error>;

/// A server that sends these bytes on each connection and closes it: its address, and the number of
/// connections.
async fn replying(reply: &'static [u8]) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::Relaxed);
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(reply).await;
        }
    });
    (address, connections)
}

#[resilient(policy = FAST)]
async fn get(http: &Client, url: &str) -> Result<(), Failed> {
    http.get(url).send().await?;
    Ok(())
}

/// The class of the failure, and the number of connections that it took.
async fn through_proxy(reply: &'static [u8]) -> (Class, usize) {
    let (address, connections) = replying(reply).await;
    resilient_examples::install_tls();
    let proxy = Proxy::all(format!("http://{address}")).unwrap();
    let http = Client::builder().proxy(proxy).build().unwrap();
    let error = get(&http, "https://example.invalid/").await.unwrap_err();
    (error.classify().class, connections.load(Ordering::Relaxed))
}

#[resilient_runtime::test(no_waits)]
async fn f248_a_proxy_that_wants_credentials_is_asked_once() {
    let refused = through_proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
    assert_eq!(refused, (Class::CannotConnect, 1));
    for healing in [
        &b"HTTP/1.1 502 Bad Gateway\r\n\r\n"[..],
        b"HTTP/1.1 503 Service Unavailable\r\n\r\n",
        b"",
    ] {
        assert_eq!(through_proxy(healing).await, (Class::Connect, 3));
    }
}

#[resilient_runtime::test(no_waits)]
async fn f249_https_to_a_plain_port_and_plain_http_to_a_port_of_tls_are_tried_once() {
    let (plain, connections) = replying(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let error = get(&client(), &format!("https://{plain}/"))
        .await
        .unwrap_err();
    let failure = error.classify();
    assert_eq!(
        (failure.class, failure.processed),
        (Class::CannotConnect, Processed::No)
    );
    assert!(format!("{error:#}").contains("plain http"), "{error:#}");
    assert_eq!(connections.load(Ordering::Relaxed), 1);

    // The alert "unexpected message".
    let (tls, connections) = replying(&[0x15, 3, 3, 0, 2, 2, 10]).await;
    let error = get(&client(), &format!("http://{tls}/")).await.unwrap_err();
    let failure = error.classify();
    assert_eq!(
        (failure.class, failure.processed),
        (Class::CannotConnect, Processed::Maybe)
    );
    assert_eq!(connections.load(Ordering::Relaxed), 1);

    let (ending, connections) = replying(b"").await;
    let error = get(&client(), &format!("https://{ending}/"))
        .await
        .unwrap_err();
    assert_eq!(error.classify().class, Class::Connect);
    assert_eq!(connections.load(Ordering::Relaxed), 3, "it may heal");
}

static STRICT: Upstream = Upstream::new("strict").breaker(Breaker::new().consecutive(2));

#[resilient_runtime::test(no_waits)]
async fn f250_a_wrong_certificate_has_no_vote_in_the_breaker() {
    #[resilient(upstream = STRICT, policy = FAST)]
    async fn ask(http: &Client, url: &str) -> Result<(), Failed> {
        http.get(url).send().await?;
        Ok(())
    }
    let server = FaultyServer::start().await;
    for _ in 0..10 {
        let error = ask(&client(), &server.https_url()).await.unwrap_err();
        assert_eq!(error.classify().class, Class::CannotConnect);
        assert_eq!(error.history().attempts.len(), 1);
    }
    server.answer(ok("hello"));
    ask(&client(), &server.url()).await.unwrap();
}

#[resilient(policy = FAST, idempotent = false)]
async fn order(http: &Client, url: &str) -> Result<(), Failed> {
    http.post(url).send().await?;
    Ok(())
}

#[resilient_runtime::test(no_waits)]
async fn f251_an_order_that_http2_has_refused_is_sent_again() {
    for refused in [refused_stream as fn() -> Answer, goaway] {
        let server = FaultyServer::start().await;
        server.answer([refused(), refused(), ok("sold")]);
        order(&http2::client(), &server.url()).await.unwrap();
        assert_eq!(server.requests().await.len(), 3, "{}", refused());
    }
}

#[resilient_runtime::test(no_waits)]
async fn f252_an_order_whose_connection_broke_over_http2_is_not_sent_again() {
    for broken in [reset as fn() -> Answer, close] {
        let server = FaultyServer::start().await;
        server.answer(broken());
        let error = order(&http2::client(), &server.url()).await.unwrap_err();
        let failure = error.classify();
        assert_eq!(
            (failure.class, failure.processed),
            (Class::Network, Processed::Maybe)
        );
        assert_eq!(server.requests().await.len(), 1, "{}", broken());
    }
}
