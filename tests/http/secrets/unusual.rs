//! Secrets that are sent in an unusual way: of many words or other letters, as a user, and in URLs
//! that no parser accepts.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use resilient_runtime::{ApiError, Redacted};
use resilient_tests::printed;

/// A word that looks like no key.
const KEY: &str = "correct-horse-battery";

fn shown(error: &ApiError) -> String {
    let parts = [
        error.body(),
        error.request().as_deref(),
        error.curl().as_deref(),
    ]
    .map(|part| part.unwrap_or_default().to_owned());
    format!("{} {}", printed(error), parts.concat())
}

/// A refused request, whose answer repeats the secret.
fn refused(headers: &HeaderMap, url: &str, echo: &str) -> String {
    let body = format!(r#"{{"error": {{"message": "none of {echo} here"}}}}"#);
    let none = HeaderMap::new();
    let error = ApiError::from_answer(StatusCode::UNAUTHORIZED, &none, body.as_bytes());
    let shown = shown(&error.url(url).sent(headers, None));
    assert!(
        shown.contains(&format!("none of {} here", Redacted::BLANK)),
        "{url}: {shown}"
    );
    shown
}

fn header(name: &'static str, value: &str) -> HeaderMap {
    let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
    HeaderMap::from_iter([(HeaderName::from_static(name), value)])
}

#[test]
fn f344_the_value_of_a_header_is_blanked_whatever_its_words_and_letters() {
    for secret in [
        "tiny pony sings",
        "tiny,pony,sings",
        "tiny; pony",
        "schlüssel-geheim",
        "ключ-секрет",
    ] {
        for name in ["x-api-key", "x-unheard-of"] {
            let shown = refused(&header(name, secret), "https://h/v1", secret);
            assert!(!shown.contains(secret), "{name}: {shown}");
        }
    }
}

#[test]
fn f345_a_key_that_is_the_user_is_blanked_like_a_password() {
    let encoded: Vec<_> = KEY.bytes().map(|b| format!("%{b:02x}")).collect();
    let encoded = encoded.concat();
    for echo in [KEY, &encoded] {
        for user in [
            "KEY:",
            "KEY:x",
            "KEY:X",
            "KEY:api_token",
            "KEY:x-oauth-basic",
            "KEY",
            "u:KEY",
        ] {
            let url = format!("https://{}@h/v1", user.replace("KEY", KEY));
            let shown = refused(&HeaderMap::new(), &url, echo);
            assert!(
                !shown.contains(KEY) && !shown.contains(&encoded),
                "{url}: {shown}"
            );
        }
        // `KEY:` and `KEY:x` as base64.
        for basic in [
            "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5Og==",
            "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5Ong=",
        ] {
            let headers = header("authorization", &format!("Basic {basic}"));
            let shown = refused(&headers, "https://h/v1", echo);
            assert!(
                !shown.contains(KEY) && !shown.contains(&encoded),
                "{basic}: {shown}"
            );
        }
    }
}

#[test]
fn f346_a_url_that_no_parser_accepts_shows_no_password() {
    for url in [
        "https://u:KEY/more@h/v1",
        "https://u:some/KEY@h/v1",
        "https://u:KEY?x@h/v1",
        "https://h:KEY/v1",
        "//u:KEY@h/v1",
        "u:KEY@h/v1",
        "https://u:KEY",
    ] {
        let error = ApiError::from_answer(StatusCode::UNAUTHORIZED, &HeaderMap::new(), b"no");
        let shown = shown(&error.url(&url.replace("KEY", KEY)));
        assert!(!shown.contains(KEY), "{url}: {shown}");
    }
    for url in [
        "https://h:8080/@user/a@b",
        "https://[::1]/a@b:c",
        "http://[::1]:80/v1",
        "h:80/v1//x",
        "https://h/v1//x:y@z",
    ] {
        let error = ApiError::from_answer(StatusCode::UNAUTHORIZED, &HeaderMap::new(), b"no");
        assert_eq!(error.url(url).request().as_deref(), Some(url));
    }
}
