//! A secret on its way through everything: sent, echoed, wrapped, retried and reported, it appears nowhere; and no text of a
//! server is more than one bounded line.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "test code fails loudly"
)]

use resilient_examples::{Answer, Server, client};
use resilient_runtime::{
    ApiError, Backoff, Budget, CallError, Class, Classification, Classify, Policy, Redacted,
    Rejection, SendChecked, resilient,
};
use resilient_tests::{CANARY, Leaky, Recorder, clean, printed, sources};
use std::{error::Error, time::Duration};

/// Real sockets need the real clock, so the waits are short.
const FAST: Policy = Policy::new()
    // Every call here fails, and all share the place they are made at.
    .budget(Budget::NONE)
    .attempts(2)
    .timeout(Duration::from_millis(300))
    .backoff(Backoff::exponential(Duration::from_millis(1)));

/// The secret wherever a request has room for one, logged at the finest level.
fn request(url: &str) -> reqwest::RequestBuilder {
    let body = format!(
        r#"{{"model": "m", "api_key": "{CANARY}", "password": "{CANARY}", "headers": {{"authorization": "Token {CANARY}"}}}}"#
    );
    client()
        .post(url)
        .header("authorization", format!("Bearer sk-proj-{CANARY}"))
        .header("x-api-key", CANARY)
        .header("api-key", CANARY)
        .header("cookie", format!("theme=dark; session={CANARY}"))
        .header("proxy-authorization", format!("Token {CANARY}"))
        .header("x-unheard-of", CANARY)
        .body(body)
}

#[resilient(policy = FAST, level = "error")]
async fn ask(url: &str) -> Result<String, ApiError> {
    Ok(request(url).send_checked().await?.text().await?)
}

/// A URL with the secret in user, password, query and fragment.
fn secret_url(base: &str) -> String {
    let base = base.replace("http://", &format!("http://{CANARY}:{CANARY}@"));
    format!("{base}/v1?api-version=1&key={CANARY}&x={CANARY}&{CANARY}#{CANARY}")
}

/// What servers and gateways make of it: whole, masked, in URLs, in dumps of headers, in any shape of body.
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

fn heard(recorder: &Recorder) -> String {
    let (events, spans) = (recorder.events(), recorder.spans());
    assert!(!events.is_empty() && !spans.is_empty());
    format!("{events:?} {spans:?}")
}

#[tokio::test]
async fn f82_no_secret_of_a_call_over_a_socket_is_shown() {
    let (recorder, _guard) = Recorder::start();
    let server = Server::start().await.unwrap();
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

/// A request whose error is reqwest's, URL and all.
async fn plain(url: &str) -> Result<(), reqwest::Error> {
    let url = url.replace("https://", &format!("https://{CANARY}@"));
    request(&format!("{url}/?key={CANARY}")).send().await?;
    Ok(())
}

/// One annotated call for each kind of error type, each with each cause.
macro_rules! wrapped {
    ($name:ident, $error:ty) => {
        #[resilient(policy = FAST)]
        async fn $name(leaky: bool) -> Result<(), $error> {
            if leaky {
                Err(Leaky)?;
            }
            Ok(plain("https://127.0.0.1:1").await?)
        }
    };
}

#[derive(Debug, thiserror::Error, Classify)]
enum Derived {
    #[error("{0}")]
    #[classify(delegate)]
    Leaky(#[from] Leaky),
    #[error(transparent)]
    #[classify(delegate)]
    Transport(#[from] reqwest::Error),
    #[error(transparent)]
    #[classify(rejection)]
    Rejected(Rejection),
}

wrapped!(anyhow, anyhow::Error);
wrapped!(boxed, Box<dyn Error + Send + Sync>);
wrapped!(derived, Derived);

#[resilient(policy = FAST)]
async fn call_leaky() -> Result<(), CallError<Leaky>> {
    Err(Leaky)?
}

#[resilient(policy = FAST)]
async fn call_plain() -> Result<(), CallError<reqwest::Error>> {
    Ok(plain("https://127.0.0.1:1").await?)
}

/// What such an error type prints is its own affair; what the library makes of it is not.
#[tokio::test]
async fn f82_no_secret_of_a_foreign_error_is_shown() {
    let (recorder, _guard) = Recorder::start();
    for leaky in [true, false] {
        let erased = anyhow(leaky).await.unwrap_err();
        clean(&format!("{:?}", erased.classify()));
        // The foreign texts do hold it, or nothing is proven here.
        assert!(format!("{erased:?}").contains(CANARY));
        let erased = ApiError::from_transport(erased).url(&format!("https://{CANARY}@h/"));
        clean(&printed(&erased));
        let boxed = boxed(leaky).await.unwrap_err();
        clean(&format!("{:?}", boxed.classify()));
        clean(&printed(&ApiError::from_transport(boxed)));
        clean(&format!(
            "{:?}",
            derived(leaky).await.unwrap_err().classify()
        ));
    }
    let leaky = call_leaky().await.unwrap_err();
    clean(&printed(&leaky));
    clean(&format!("{:?} {:?}", leaky.history(), leaky.classify()));
    let transport = call_plain().await.unwrap_err();
    clean(&printed(&transport));
    clean(&format!(
        "{:?} {:?}",
        transport.history(),
        transport.classify()
    ));
    clean(&heard(&recorder));
}

/// The sources of an `ApiError` are another crate's, and print what they like. The URL in them is not left there.
#[tokio::test]
async fn f82_the_source_of_an_api_error_has_no_url() {
    let refused = async || plain("https://127.0.0.1:1").await.unwrap_err();
    for error in [
        ApiError::from(refused().await),
        ApiError::from_transport(refused().await),
        ApiError::from_transport(Box::<dyn Error + Send + Sync>::from(refused().await)),
    ] {
        assert!(error.source().unwrap().is::<reqwest::Error>());
        assert_eq!(error.failure().class, Class::Connect);
        clean(&sources(&error));
        let erased = anyhow::Error::from(error);
        clean(&format!("{erased:#} {erased:?}"));
    }
}

#[tokio::test]
async fn f82_a_rejection_shows_no_secret_of_the_attempts_before_it() {
    let server = Server::start().await.unwrap();
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

/// Texts that forge lines, steer terminals or never end.
fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = [
        "ok\r\nERROR forged line",
        "\u{1b}[31mred\u{1b}[0m \u{9b}31m \u{7} \u{8} \u{7f}",
        "nul \0 here",
        "\u{85} \u{2028} \u{2029}",
        "\u{202e}desrever \u{2066} \u{200b} \u{feff} \u{61c} \u{e0041}",
    ]
    .map(str::to_owned)
    .into();
    texts.push(String::from_utf8_lossy(b"caf\xff\xfe\0").into_owned());
    texts.push("x".repeat(10_000_000));
    texts.push("\n".repeat(100_000));
    texts.push("\u{1b}[".repeat(100_000));
    texts.push("https://a@".repeat(10_000));
    texts
}

/// One line, of the length that the docs name, where a character is at most ten when it is escaped.
fn one_bounded_line(text: &str, limit: usize) {
    assert!(text.chars().count() <= 10 * limit + 10, "{}", text.len());
    let bad = |c: char| {
        c.is_control()
            || "\u{2028}\u{2029}\u{202e}\u{2066}\u{200b}\u{feff}\u{61c}\u{e0041}".contains(c)
    };
    assert!(!text.contains(bad), "{text:.200}");
}

#[test]
fn f83_every_text_of_a_failure_is_one_bounded_line() {
    for text in hostile() {
        let found = Classification::new(Class::ServerError)
            .message(&text)
            .code(&text)
            .kind(&text)
            .param(&text)
            .request_id(&text);
        for field in [
            &found.message,
            &found.code,
            &found.kind,
            &found.param,
            &found.request_id,
        ] {
            one_bounded_line(field.as_ref().unwrap(), Redacted::LIMIT);
        }
        let status = http::StatusCode::BAD_REQUEST;
        let mut headers = http::HeaderMap::new();
        if let Ok(value) = http::HeaderValue::from_bytes(text.as_bytes()) {
            headers.insert("x-request-id", value);
        }
        let json = serde_json::json!({ "error": { "message": &text, "code": &text, "type": &text, "param": &text } });
        let error = ApiError::from_answer(status, &headers, json.to_string().as_bytes())
            .url(&format!("http://h/{text}?a=1&{text}={text}"))
            .sent(&headers, Some(text.as_bytes()));
        one_bounded_line(error.body().unwrap(), Redacted::LIMIT);
        one_bounded_line(&error.request().unwrap(), Redacted::LIMIT);
        one_bounded_line(&error.curl().unwrap(), Redacted::LIMIT + 5_000);
        one_bounded_line(&error.to_string(), Redacted::LIMIT);
        for line in format!("{error:#}").lines().chain([&*format!("{error:?}")]) {
            one_bounded_line(line, 4 * Redacted::LIMIT + 5_000);
        }
        let raw = ApiError::from_answer(status, &headers, text.as_bytes());
        one_bounded_line(&raw.to_string(), Redacted::LIMIT);
    }
}

#[tokio::test]
async fn f83_every_event_of_a_hostile_server_is_one_bounded_record() {
    let server = Server::start().await.unwrap();
    for text in hostile() {
        let (recorder, _guard) = Recorder::start();
        let json = serde_json::json!({ "error": { "message": &text, "code": &text } });
        for body in [json.to_string(), text] {
            let base = server.script("api", [Answer::status(500).body(body)]);
            let error = ask(&base).await.unwrap_err();
            assert_eq!(error.history().attempts.len(), 2);
        }
        for event in recorder.events() {
            for value in event.fields.values().chain(event.span.values()) {
                one_bounded_line(value, Redacted::LIMIT);
            }
        }
    }
}
