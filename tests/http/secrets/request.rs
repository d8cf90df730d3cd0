//! The secrets of a request, echoed by a server.

use super::{ask, heard};
use resilient_examples::{Answer, Server};
use resilient_runtime::{ApiError, Classify, Redacted};
use resilient_tests::{CANARY, Recorder, clean, printed, sources};

/// A URL with the secret in user, password, query and fragment.
fn secret_url(base: &str) -> String {
    let base = base.replace("http://", &format!("http://{CANARY}:{CANARY}@"));
    format!("{base}/v1?api-version=1&key={CANARY}&x={CANARY}&{CANARY}#{CANARY}")
}

/// Echoes by servers and gateways: whole, masked, in URLs, in dumps of headers, in bodies of any
/// form.
fn echoes() -> Vec<String> {
    let end = CANARY.split_at(13).1;
    let texts = [
        format!("Incorrect API key provided: sk-proj-{CANARY}."),
        format!("Incorrect API key provided: sk-…{end}"),
        format!("Incorrect API key provided: sk-p***********{end}"),
        format!("subscription key ••••{end} is not known"),
        format!("no such key {CANARY}"),
        format!("{}{CANARY}", "x".repeat(Redacted::LIMIT - 8)),
        format!("GET https://{CANARY}:{CANARY}@api/v1?key={CANARY}&sig={CANARY}"),
        format!("authorization: Bearer {CANARY}, x-api-key: {CANARY}"),
        format!("Authorization: Token {CANARY}"),
        format!("cookie: theme=dark; session={CANARY}; other={CANARY}"),
        format!("{{'api-key': '{CANARY}', 'password' = \"{CANARY}\"}}"),
    ];
    let shapes = |text: &String| {
        let json = serde_json::Value::from(text.as_str());
        [
            format!(
                r#"{{"error": {{"message": {json}, "type": {json}, "code": {json}, "param": {json}}}, "request_id": {json}}}"#
            ),
            format!(r#"{{"title": {json}, "detail": {json}, "status": 400}}"#),
            format!(r#"[{{"error": {json}}}]"#),
            format!("<html><title>{text}</title><body>{text}</body></html>"),
            text.clone(),
        ]
    };
    texts.iter().flat_map(shapes).collect()
}

/// Everything that the error of a call shows.
fn shown(error: &ApiError) -> String {
    [
        printed(error),
        sources(error),
        format!("{:?} {:?}", error.history(), error.classify()),
        format!(
            "{:?} {:?} {:?}",
            error.body(),
            error.request(),
            error.curl()
        ),
        format!("{} {}", error.help(), error.user_message()),
        error.rejection().map(printed).unwrap_or_default(),
    ]
    .concat()
}

#[resilient_runtime::test(no_waits)]
async fn f82_no_secret_of_a_call_over_a_socket_is_shown() {
    let (recorder, _guard) = Recorder::start();
    let server = Server::start().await;
    for status in [401, 429, 503] {
        for body in echoes() {
            let answer = Answer::status(status)
                .header("x-request-id", &format!("token={CANARY}"))
                .header("www-authenticate", &format!("Bearer realm={CANARY}"))
                .header("set-cookie", &format!("id={CANARY}; Path=/"))
                .header("x-debug", CANARY)
                .header("x-should-retry", "true")
                .header("retry-after-ms", "1")
                .body(&*body);
            let base = server.script("api", [answer]);
            let error = ask(&secret_url(&base)).await.unwrap_err();
            assert_eq!(error.failure().status, Some(status), "{body}");
            clean(&shown(&error));
            assert!(error.curl().unwrap().contains("authorization: …"));
        }
    }
    // Answers that fail later, or not at all.
    for answer in [
        Answer::reset(),
        Answer::cut(),
        Answer::hang(),
        Answer::status(302).header("location", &format!("nonsense://h/?key={CANARY}")),
    ] {
        let base = server.script("api", [answer]);
        match ask(&secret_url(&base)).await {
            Ok(text) => clean(&text),
            Err(error) => clean(&shown(&error)),
        }
    }
    let base = server.script("gone", [Answer::reset()]);
    drop(server);
    for url in [&*base, "nonsense://host", "http://[", "https://127.0.0.1:1"] {
        clean(&shown(&ask(&secret_url(url)).await.unwrap_err()));
    }
    clean(&heard(&recorder));
}

#[resilient_runtime::test(no_waits)]
async fn f82_a_rejection_shows_no_secret_of_the_attempts_before_it() {
    let server = Server::start().await;
    let body = format!(r#"{{"error": {{"message": "no such key {CANARY}", "code": "{CANARY}"}}}}"#);
    let base = server.script("api", [Answer::status(500).body(body), Answer::hang()]);
    let error = ask(&secret_url(&base)).await.unwrap_err();
    let rejection = error.rejection().unwrap();
    assert!(
        rejection
            .to_string()
            .contains("server_error (500): no such key")
    );
    clean(&shown(&error));
    clean(&printed(rejection));
    clean(&String::from(rejection.clone()));
    clean(&format!(
        "{:?}",
        std::io::Error::from(rejection.clone()).classify()
    ));
}
