//! Server texts that forge log lines, control terminals or never end.

use super::ask;
use resilient_examples::{Answer, Server};
use resilient_runtime::{ApiError, Class, Classification, Redacted};
use resilient_tests::Recorder;

/// Texts that forge log lines, control terminals or never end.
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

/// One line, of the documented length, where an escaped character counts up to ten.
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
            one_bounded_line(field.as_ref().unwrap().as_str(), Redacted::LIMIT);
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

#[resilient_runtime::test(no_waits)]
async fn f83_every_event_of_a_hostile_server_is_one_bounded_record() {
    let server = Server::start().await;
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
