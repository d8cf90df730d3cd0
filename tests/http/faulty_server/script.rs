//! Which answer a request gets, what is recorded, and the messages of mistakes.

use super::{panic_of, read};
use resilient_examples::client;
use resilient_runtime::{
    ApiError, Class, SendChecked as _, resilient,
    testing::server::{FaultyServer, hang, ok, reset, respond, sse, status},
};
use std::{
    io::ErrorKind,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

#[resilient(attempts = 5, timeout = "5s", backoff(initial = "1ms"))]
async fn ask(http: &reqwest::Client, url: &str) -> Result<String, ApiError> {
    Ok(http.get(url).send_checked().await?.text().await?)
}

#[tokio::test]
async fn a_script_is_answered_in_its_order() {
    let server = FaultyServer::start().await;
    server
        .answer([status(503).times(2), reset()])
        .answer(ok("hello"));
    assert_eq!(ask(&client(), &server.url()).await.unwrap(), "hello");
    assert_eq!(server.requests().await.len(), 4);
    server.assert_used_up();
}

#[tokio::test]
async fn a_request_after_the_end_of_the_script_is_not_retried_and_says_why() {
    let server = FaultyServer::start().await;
    server.at("/v1").answer([status(503), status(503)]);
    let error = ask(&client(), &server.url_of("/v1/chat"))
        .await
        .unwrap_err();
    assert_eq!(error.failure().class, Class::InvalidRequest);
    let missing = "no answer left for GET /v1/chat: the 2 of its script at /v1 are used up";
    assert!(error.to_string().contains(missing), "{error}");
    assert_eq!(server.requests().await.len(), 3);
    let panic = panic_of(|| server.assert_used_up());
    assert!(panic.contains(missing), "{panic}");
    server.at("/other").assert_used_up();
}

#[tokio::test]
async fn a_request_without_a_script_names_the_paths_that_have_one() {
    let server = FaultyServer::start().await;
    server.at("/v1/models").answer(ok("[]"));
    let error = read(&client(), &server.url_of("/v1")).await.unwrap_err();
    let missing = r#"no answer for GET /v1: there are scripts for ["/v1/models"] only"#;
    assert!(error.to_string().contains(missing), "{error}");
}

#[tokio::test]
async fn an_unused_answer_fails_the_test_with_its_name() {
    let server = FaultyServer::start().await;
    let script = [ok("hello"), status(503).times(3), reset(), sse().stall()];
    server.answer(script);
    read(&client(), &server.url()).await.unwrap();
    assert_eq!(
        panic_of(|| server.assert_used_up()),
        "5 of the 6 answers of the FaultyServer's script at / were not asked for: \
         503 Service Unavailable (3 times), then reset, then 200 OK with events with stall"
    );
}

#[tokio::test]
async fn the_longest_path_wins_and_covers_what_is_below_it() {
    let server = FaultyServer::start().await;
    server.otherwise(ok("root"));
    server.at("/v1").otherwise(ok("v1"));
    server.at("/v1/models/").otherwise(ok("models"));
    let http = client();
    for (path, expected) in [
        ("/", "root"),
        ("/v10", "root"),
        ("/v1", "v1"),
        ("/v1/chat?model=x", "v1"),
        ("/v1/models", "models"),
        ("/v1/models/7", "models"),
    ] {
        let url = format!("{}{path}", server.url());
        assert_eq!(read(&http, &url).await.unwrap(), expected, "{path}");
    }
    assert_eq!(server.at("/v1").requests().await.len(), 4);
    assert_eq!(server.at("/v1/models").requests().await.len(), 2);
}

/// The outcomes of fifty requests.
async fn fifty(seed: u64, rate: f64) -> Vec<bool> {
    let server = FaultyServer::start().await;
    let rates = [(rate / 2.0, status(503)), (rate / 2.0, reset())];
    server.sometimes(seed, rates).otherwise(ok("hello"));
    let (http, url) = (client(), server.url());
    let mut outcomes = Vec::new();
    for _ in 0..50 {
        outcomes.push(read(&http, &url).await.is_ok());
    }
    outcomes
}

#[tokio::test]
async fn random_answers_repeat_with_their_seed_and_keep_their_rates() {
    let first = fifty(1, 0.5).await;
    assert_eq!(first, fifty(1, 0.5).await);
    assert_ne!(first, fifty(2, 0.5).await);
    // Of fixed seeds, so the count does not change.
    let succeeded = first.iter().filter(|is_ok| **is_ok).count();
    assert!((15..=35).contains(&succeeded), "{succeeded}");
    assert_eq!(fifty(1, 0.0).await, [true; 50]);
    assert_eq!(fifty(1, 1.0).await, [false; 50]);
}

#[tokio::test]
async fn random_answers_do_not_use_up_the_script() {
    let server = FaultyServer::start().await;
    server
        .answer(ok("hello"))
        .sometimes(1, [(1.0, status(503))]);
    read(&client(), &server.url()).await.unwrap_err();
    server.sometimes(1, [(0.0, status(503))]);
    assert_eq!(read(&client(), &server.url()).await.unwrap(), "hello");
}

#[tokio::test]
async fn a_request_is_recorded_with_all_that_was_sent() {
    let begin = Instant::now();
    let server = FaultyServer::start().await;
    server.otherwise(hang());
    let request = client().post(server.url_of("/v1/chat?stream=true"));
    let request = request.bearer_auth("key").body("hello");
    let timeout = Duration::from_millis(200);
    request.timeout(timeout).send().await.unwrap_err();
    let requests = server.requests().await;
    let [request] = requests.as_slice() else {
        panic!("{requests:?}")
    };
    assert_eq!(
        (request.method.as_str(), &*request.path),
        ("POST", "/v1/chat")
    );
    assert_eq!(request.query.as_deref(), Some("stream=true"));
    assert_eq!(request.header("Authorization"), Some("Bearer key"));
    assert_eq!(request.text(), "hello");
    assert!((begin..=Instant::now()).contains(&request.time));
}

#[tokio::test]
async fn a_dropped_server_ends_its_connections_and_its_port() {
    let server = FaultyServer::start().await;
    server.answer(hang());
    let (http, url) = (client(), server.url());
    let hanging = tokio::spawn(http.get(&url).send());
    while server.requests().await.is_empty() {
        tokio::task::yield_now().await;
    }
    let address = server.url().replace("http://", "");
    drop(server);
    // Before the runtime gets to end the server's tasks.
    let refused = std::net::TcpStream::connect(address).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    assert!(hanging.await.unwrap().unwrap_err().is_request());
}

#[tokio::test]
async fn a_plain_answer_keeps_the_connection_and_a_fault_ends_it() {
    let server = FaultyServer::start().await;
    server.answer([ok("one"), ok("two"), ok("three").cut()]);
    let address = server.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    for _ in 0..3 {
        let request = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
        stream.write_all(request).await.unwrap();
    }
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK\r\n").count(), 3);
    assert!(answers.ends_with("three"), "{answers}");
}

#[tokio::test]
async fn a_function_answers_by_the_request() {
    let server = FaultyServer::start().await;
    server.answer(respond(|request| ok(request.path.clone())).times(2));
    server.otherwise(respond(|_| reset()));
    let http = client();
    for path in ["/a", "/b"] {
        assert_eq!(read(&http, &server.url_of(path)).await.unwrap(), path);
    }
    let error = read(&http, &server.url()).await.unwrap_err();
    assert_eq!(error.failure().class, Class::Network);
    server.assert_used_up();
}

#[tokio::test]
async fn a_cleared_path_has_no_script_and_no_requests() {
    let server = FaultyServer::start().await;
    server.at("/a").otherwise(ok("a"));
    server.at("/a/b").answer([ok("b"), status(503)]);
    server.at("/c").otherwise(ok("c"));
    for path in ["/a", "/a/b", "/c"] {
        read(&client(), &server.url_of(path)).await.unwrap();
    }
    server.at("/a").clear();
    read(&client(), &server.url_of("/a/b")).await.unwrap_err();
    assert_eq!(server.requests().await.len(), 2);
    server.clear();
    server.assert_used_up();
    server.answer(ok("new"));
    assert_eq!(read(&client(), &server.url()).await.unwrap(), "new");
}

#[tokio::test]
async fn a_mistake_in_a_script_fails_where_it_is_written() {
    let server = FaultyServer::start().await;
    for (panic, expected) in [
        (
            panic_of(|| reset().header("a", "b")),
            "`header` is for a response",
        ),
        (
            panic_of(|| status(503).header("a b", "c")),
            "not a valid header",
        ),
        (panic_of(|| status(99)), "99 is not a status"),
        (panic_of(|| ok("").data("x")), "`data` is for `sse()`"),
        (panic_of(|| ok("").times(0)), "`times(0)`"),
        (
            panic_of(|| server.url_of("v1")),
            "\"v1\" has to begin with '/'",
        ),
        (panic_of(|| server.at("/v1?x=1").url()), "has no query"),
    ] {
        let panic = if panic.is_empty() { "none" } else { &panic };
        assert!(panic.contains(expected), "{panic}");
    }
    for rates in [vec![(0.7, ok("")), (0.7, ok(""))], vec![(-0.1, ok(""))]] {
        let panic = panic_of(|| server.sometimes(1, rates).url());
        assert!(panic.contains("from 0 to 1"), "{panic}");
    }
}
