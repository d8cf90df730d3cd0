//! Bodies of requests that are recorded: secrets are blanked by member.

use http::{HeaderMap, StatusCode};
use resilient_runtime::ApiError;

/// JSON bodies with a secret, each of which contains `@`.
const JSON: &[&str] = &[
    r#"{"password": "!hunter2@"}"#,
    r#"{"password": "two words@ and, more; signs"}"#,
    r#"{"Password": "@"}"#,
    r#"{"PASSWD": "@"}"#,
    r#"{"user": "ada", "pass": "@"}"#,
    r#"{"passphrase": "correct horse @ staple"}"#,
    r#"{"pass_phrase": "@"}"#,
    r#"{"newPassword": "@", "oldPassword": "@"}"#,
    r#"{"password_hash": "@"}"#,
    r#"{"passwordConfirmation": "@"}"#,
    r#"{"mypassword": "@"}"#,
    r#"{"apiKey": "@"}"#,
    r#"{"API-KEY": "@"}"#,
    r#"{"apikeys": ["@", "x@"]}"#,
    r#"{"keys": {"first": "@", "second": ["@"]}}"#,
    r#"{"accessToken": "@"}"#,
    r#"{"refresh_token": "@", "grant_type": "refresh_token"}"#,
    r#"{"tokens": ["@"]}"#,
    r#"{"idtoken": "@"}"#,
    r#"{"clientSecret": "@"}"#,
    r#"{"client_secrets": {"web": {"value": "@"}}}"#,
    r#"{"secretValue": "@"}"#,
    r#"{"auth": {"user": "u", "value": "@"}}"#,
    r#"{"auth": ["u", "@"]}"#,
    r#"{"basicAuth": "u:@"}"#,
    r#"{"credential": "@"}"#,
    r#"{"credentials": {"a": {"b": "@"}}}"#,
    r#"{"sessionId": "@"}"#,
    r#"{"session": "@"}"#,
    r#"{"cookies": [{"name": "sid", "value": "@"}]}"#,
    r#"{"signature": "@"}"#,
    r#"{"private_key": "@"}"#,
    r#"{"privatePem": "@"}"#,
    r#"{"accountKey": "@"}"#,
    r#"{"connectionString": "Server=db;User=u;Thing=@"}"#,
    r#"{"connection_string": "@"}"#,
    r#"{"dsn": "@"}"#,
    r#"{"otp": "@", "pin": "@"}"#,
    r#"{"totp_code": "@"}"#,
    r#"{"pin": 12349087, "xKey": "@"}"#,
    r#"{"headers": {"authorization": "Token @"}}"#,
    r#"{"headers": [{"name": "Authorization", "value": "@"}]}"#,
    r#"{"headers": [["x-api-key", "@"]]}"#,
    r#"{"env": [{"name": "DB_PASSWORD", "value": "@"}]}"#,
    r#"{"env": {"OPENAI_API_KEY": "@"}}"#,
    r#"{"text": "postgres://u:@@db/x"}"#,
    r#"{"url": "https://@@example.com/x"}"#,
    r#"{"storage": "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=@=="}"#,
    r#"{"file": "-----BEGIN PRIVATE KEY-----\n@\n-----END PRIVATE KEY-----"}"#,
    r#"{"note": "Authorization: Bearer @"}"#,
    r#"{"arguments": "{\"password\": \"@\"}"}"#,
    r#"[{"a": [[{"token": "@"}]]}]"#,
    r#"{"text": "ghp_@abcdef"}"#,
    r#"{"text": "look at glpat-@abcdef, please"}"#,
    r#"{"text": "key 9f8a@b7c6d5e4f3a2b1c0d9e8f7a6b5"}"#,
    r#"{"ghp_@abcdef": "a name"}"#,
    r#"{"passwort": "@"}"#,
    r#"{"contraseña": "@"}"#,
    r#"{"密码": "@"}"#,
];

/// Other bodies with a secret.
const OTHER: &[&str] = &[
    "password=%21@&user=ada",
    "q=@",
    "@",
    "\"@\"",
    "<login><password>@</password></login>",
    "<login password='@'/>",
    "--x\r\ncontent-disposition: form-data; name=\"key\"\r\n\r\n@\r\n--x--",
    "{\"password\": \"@\"",
    "{\"password\": \"@\",}",
    "{\"a\": 1}\n{\"password\": \"@\"}",
    "password: '@'",
    "-----BEGIN RSA PRIVATE KEY-----\n@\n-----END RSA PRIVATE KEY-----",
];

/// A part of a secret that no rule knows by its form.
const SECRET: &str = "Zq7";

fn recorded(body: &str) -> String {
    let answer = ApiError::from_answer(StatusCode::BAD_REQUEST, &HeaderMap::new(), b"");
    let error = answer
        .url("https://h/")
        .sent(&HeaderMap::new(), Some(body.as_bytes()));
    error.curl().unwrap()
}

#[test]
fn f271_secrets_of_a_recorded_body_are_blanked_by_member() {
    assert!(JSON.len() >= 50);
    for form in JSON {
        let body = form
            .replace('@', SECRET)
            .replace(&SECRET.repeat(2), &format!("{SECRET}@"));
        let body = body.replacen("https://Zq7Zq7", "https://Zq7@", 1);
        serde_json::from_str::<serde_json::Value>(&body).unwrap();
        let curl = recorded(&body);
        assert!(!curl.contains(SECRET), "{curl}");
        assert!(curl.contains("[redacted]"), "{curl}");
    }
}

#[test]
fn f271_a_recorded_body_that_is_no_json_is_blanked_as_a_whole() {
    for form in OTHER {
        let body = form.replace('@', SECRET);
        let curl = recorded(&body);
        let expected = format!("[{} bytes of an unknown type]'", body.len());
        assert!(curl.ends_with(&expected), "{curl}");
    }
}

#[test]
fn f271_members_that_are_no_secrets_stay() {
    for body in [
        r#"{"max_tokens":100,"model":"gpt-4o-2024-08-06","temperature":0.5}"#,
        r#"{"messages":[{"content":"Why is the sky blue?","role":"user"}]}"#,
        r#"{"id":"msg_01XFDUDYJgAACzvnptvVoYEL","uuid":"123e4567-e89b-12d3-a456-426614174000"}"#,
        r#"{"keyboard":"qwerty","monkey":"george","passenger":"Ada","spin":3}"#,
        r#"{"model":"claude-3-5-sonnet-20241022","tools":[{"name":"get_weather","type":"function"}]}"#,
        r#"{"date":"2024-05-01T12:30:45Z","url":"https://platform.openai.com/docs/guides/error-codes"}"#,
        r#"{"completion_tokens":5,"prompt_tokens":7}"#,
        r#"{"author":"Ada","compass":"north","passage":"x"}"#,
        r#"{"description":"a long text of ordinary words, with numbers such as 1234567890 in it"}"#,
    ] {
        let curl = recorded(body);
        assert!(curl.ends_with(&format!("--data-raw '{body}'")), "{curl}");
    }
}
