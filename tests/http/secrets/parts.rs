//! Secrets in sentences, in parts of URLs, and in the forms in which servers repeat them.

use http::{HeaderMap, HeaderValue, StatusCode};
use resilient_runtime::{ApiError, Redacted};

#[test]
fn f273_secrets_in_sentences_are_blanked() {
    for text in [
        "password is Zq7",
        "The password was Zq7.",
        "your secret is \"Zq7\"",
        "password \"Zq7 two\" was refused",
        "token: Zq7",
        "accessToken=Zq7",
        "clientSecret='Zq7 with spaces'",
        "{\"password\": \"!Zq7\"}",
        "{\\\"password\\\": \\\"a !Zq7\\\"}",
        "password=!Zq7",
        "passwords: [\"a\", \"Zq7\"] password: {\"x\": \"Zq7\"} api_key: [1, Zq7]",
        "key Zq7abc123def is invalid",
        "token 'Zq7abc123def' has expired",
        "Incorrect API key provided: Zq7abc123def.",
        "API key Zq7abc123… is invalid",
        "the session id Zq7abc123 is unknown",
        "-----BEGIN PRIVATE KEY-----\nMIIZq7\n-----END PRIVATE KEY-----",
        "AccountName=a;AccountKey=Zq7==;EndpointSuffix=x",
        "ghu_Zq7abcd",
        "npm_Zq7abcdabcdef",
        "SG.Zq7abcd",
        "glsa_Zq7abcd",
        "nvapi-Zq7abcd",
        "xoxe-Zq7abcd",
        "xapp-Zq7abcd",
        "lin_api_Zq7abcd",
        "figd_Zq7abcd",
        "tvly-Zq7abcd",
        "sntrys_Zq7abcd",
        "dp.pt.Zq7abcd",
        "hvs.Zq7abcd",
        "ATATTZq7abcd",
        "dckr_pat_Zq7abcd",
        "shpat_Zq7abcd",
        "sq0atp-Zq7abcd",
        "dop_v1_Zq7abcd",
        "pypi-Zq7abcdefghijklmno",
        "dapiZq7abcdefghijklmno",
    ] {
        let shown = Redacted::from(text);
        assert!(!shown.as_str().contains("Zq7"), "{text} gave {shown}");
        assert!(
            shown.as_str().contains(Redacted::BLANK),
            "{text} gave {shown}"
        );
        let again = Redacted::from(shown.as_str());
        assert_eq!(again, shown);
    }
}

const KEY: &str = "Zq7Ab3Cd9Ef1Gh5Ij2Kl8Mn4";

#[test]
fn f274_secrets_in_any_part_of_a_url_are_blanked() {
    for url in [
        "https://api.telegram.org/bot123456:KEY/sendMessage",
        "https://hooks.slack.com/services/T024BE7LD/B0G9QF9C6/KEY",
        "https://discord.com/api/webhooks/123456789012345678/KEY",
        "https://discord.com/api/webhooks/123456789012345678/KEY/messages",
        "https://h/app;jsessionid=KEY",
        "https://h/app;jsessionid=KEY/x?y=1",
        "https://h/token/KEY",
        "https://h/files/KEY/x",
        "https://h/files/x~KEY",
        "https://KEY.example.com/rpc",
        "https://h/?KEY",
        "https://h/?KEY=1",
        "https://h/?KEY=",
        "https://h/?a=KEY",
        "https://h/#KEY",
        "https://h/#access_token=KEY",
        "https://KEY@h/",
        "https://u:KEY@h/x",
        "nonsense KEY",
        "/relative/KEY",
    ] {
        for key in [KEY, &*KEY.to_lowercase()] {
            let url = url.replace("KEY", key);
            let answer = ApiError::from_answer(StatusCode::BAD_REQUEST, &HeaderMap::new(), b"");
            let error = answer.url(&url);
            let shown = format!("{error:#} {error:?} {:?}", error.curl());
            assert!(
                !shown.to_lowercase().contains("zq7ab3"),
                "{url} gave {shown}"
            );
        }
    }
}

/// The forms in which a server repeats the key.
fn echoes() -> Vec<String> {
    let (first, last) = (&KEY[..10], &KEY[14..]);
    vec![
        KEY.to_lowercase(),
        KEY.to_uppercase(),
        "WnE3QWIzQ2Q5RWYxR2g1SWoyS2w4TW40".to_owned(),
        format!("no such key ({first})"),
        format!("the one that begins with {first}"),
        format!("the one that ends with {last}"),
        format!("ending in {}", &KEY[20..]),
    ]
}

#[test]
fn f275_a_secret_of_a_request_is_blanked_in_the_forms_of_an_answer() {
    let headers = |name: &'static str, value: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        headers
    };
    let none = HeaderMap::new();
    let bearer = headers("authorization", &format!("Bearer {KEY}"));
    let own = headers("x-mine", KEY);
    let basic = headers(
        "authorization",
        "Basic dXNlcjpacTdBYjNDZDlFZjFHaDVJajJLbDhNbjQ=",
    );
    let mut sensitive = headers("user-agent", KEY);
    sensitive.get_mut("user-agent").unwrap().set_sensitive(true);
    let body = format!(r#"{{"password": "{KEY}"}}"#);
    for echo in echoes() {
        let message = serde_json::Value::from(format!("about {echo} we know nothing"));
        let answer = format!(
            r#"{{"error": {{"message": {message}, "code": {message}, "type": {message}, "param": {message}}}, "request_id": {message}}}"#
        );
        for (url, headers, body) in [
            ("https://h/", &bearer, None),
            ("https://h/", &own, None),
            ("https://h/", &basic, None),
            ("https://h/", &sensitive, None),
            ("https://h/", &none, Some(body.as_bytes())),
            ("https://h/?api_key=KEY", &none, None),
            ("https://h/?q=KEY", &none, None),
            ("https://h/?KEY", &none, None),
            ("https://u:KEY@h/", &none, None),
            ("https://h/x/KEY/y", &none, None),
            ("https://KEY.h/", &none, None),
        ] {
            let error = ApiError::from_answer(StatusCode::UNAUTHORIZED, &none, answer.as_bytes())
                .url(&url.replace("KEY", KEY))
                .sent(headers, body);
            let shown = format!(
                "{error} {error:#} {error:?} {:?} {:?}",
                error.body(),
                error.curl()
            );
            assert!(
                !shown.contains(&echo),
                "{url} {headers:?}: {echo} in {shown}"
            );
            assert!(shown.contains("we know nothing"), "{shown}");
        }
    }
}

#[test]
fn f275_a_secret_with_signs_is_blanked_encoded_and_decoded() {
    for (sent, echo) in [
        ("a b+c/d=e%f\"g", "a%20b%2Bc%2Fd%3De%25f%22g"),
        ("a b+c/d=e%f\"g", "a%20b%2bc%2fd%3de%25f%22g"),
        ("pass\"word\\of mine", r#"pass\"word\\of mine"#),
        ("x?>x?>x?>12", "eD8+eD8+eD8+MTI"),
        ("x?>x?>x?>12", "eD8-eD8-eD8-MTI="),
        ("a\"b<c&d'ef>g", "a&quot;b&lt;c&amp;d&#39;ef&gt;g"),
        ("aa&lt;bb&amp;cc&gt;", "aa<bb&cc>"),
        ("pa<ss>&word1", r"pa\u003css\u003e\u0026word1"),
        ("p\u{e4}ssw\u{f6}rt", r"p\u00e4ssw\u00F6rt"),
        ("a/b/c/d/e/f", r"a\/b\/c\/d\/e\/f"),
        ("a b c d e f", "a+b+c+d+e+f"),
        ("a+b+c+d+e+f", "a b c d e f"),
        ("pass phrase", "7061737320706872617365"),
    ] {
        let body = serde_json::json!({ "password": sent }).to_string();
        let text = format!("<p>we know {echo} not</p>");
        let none = HeaderMap::new();
        let error = ApiError::from_answer(StatusCode::UNAUTHORIZED, &none, text.as_bytes());
        let error = error.sent(&none, Some(body.as_bytes()));
        let shown = error.body().unwrap();
        assert!(!shown.contains(echo), "{shown}");
    }
}
