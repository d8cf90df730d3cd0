//! The forms in which secrets were reported to leak. `KEY` stands for the canary.

/// The place of the secret in a request.
#[derive(Clone, Copy)]
pub(super) enum Sent {
    Nothing,
    Url(&'static str),
    Header(&'static str, &'static str),
    /// A header that is marked as sensitive.
    Sensitive(&'static str, &'static str),
    Body(&'static str),
}

use Sent::{Body, Header, Sensitive, Url};

#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) form: &'static str,
    pub(super) sent: Sent,
}

const fn row(form: &'static str, sent: Sent) -> Row {
    Row { form, sent }
}

/// Every form, by the words of the reports.
pub(super) const FORMS: &[&str] = &[
    "AccountKey",
    "DSN",
    "PEM",
    "XML",
    "a header",
    "a key in the body",
    "a key in the path",
    "a prefix of a provider",
    "accessToken=x",
    "another case",
    "arrays",
    "as it was sent",
    "base64",
    "camelCase names",
    "decoded Basic password",
    "first part of a key",
    "form",
    "hexadecimal",
    "is_sensitive",
    "jsessionid",
    "last part of a key",
    "multipart",
    "name of a query member",
    "pass",
    "passphrase",
    "password",
    "password is x",
    "path of a bot",
    "percent-encoded",
    "settings",
    "subdomain",
    "values with spaces and signs",
    "webhook of Discord",
    "webhook of Slack",
];

pub(super) const REQUESTS: &[Row] = &[
    row("password", Body(r#"{"password": "KEY"}"#)),
    row(
        "camelCase names",
        Body(r#"{"newPassword": "KEY", "clientSecret": "KEY"}"#),
    ),
    row(
        "camelCase names",
        Body(r#"{"accessToken": "KEY", "sessionId": "KEY"}"#),
    ),
    row(
        "values with spaces and signs",
        Body(r#"{"password": "KEY, with; more = signs!"}"#),
    ),
    row("pass", Body(r#"{"user": "ada", "pass": "KEY"}"#)),
    row(
        "passphrase",
        Body(r#"{"passphrase": "KEY", "pass_phrase": "KEY"}"#),
    ),
    row("arrays", Body(r#"{"apiKeys": ["KEY", {"x": ["KEY"]}]}"#)),
    row("arrays", Body(r#"[{"a": [["x-api-key", "KEY"]]}]"#)),
    row(
        "a key in the body",
        Body(r#"{"text": "my key is KEY, is it not?"}"#),
    ),
    row(
        "XML",
        Body("<login><user>ada</user><password>KEY</password></login>"),
    ),
    row("XML", Body("<s:Password Type='Text'>KEY</s:Password>")),
    row("XML", Body("<login user='ada' password='KEY'/>")),
    row(
        "multipart",
        Body("--x\r\ncontent-disposition: form-data; name=\"token\"\r\n\r\nKEY\r\n--x--\r\n"),
    ),
    row("form", Body("user=ada&password=KEY&x=1")),
    row("settings", Body("user: ada\npassword: 'KEY'\n")),
    row(
        "PEM",
        Body("-----BEGIN PRIVATE KEY-----\nKEY\n-----END PRIVATE KEY-----\n"),
    ),
    row(
        "PEM",
        Body(r#"{"f": "-----BEGIN EC PRIVATE KEY-----\nKEY\n-----END EC PRIVATE KEY-----"}"#),
    ),
    row("DSN", Body(r#"{"dsn": "KEY"}"#)),
    row("DSN", Body(r#"{"text": "postgres://ada:KEY@db/x"}"#)),
    row("DSN", Body("postgres://ada:KEY@db/x")),
    row(
        "AccountKey",
        Body(r#"{"x": "AccountName=a;AccountKey=KEY==;EndpointSuffix=x"}"#),
    ),
    row(
        "AccountKey",
        Body("AccountName=a;AccountKey=KEY==;EndpointSuffix=x"),
    ),
    row(
        "path of a bot",
        Url("https://api.telegram.org/bot123456:KEY/sendMessage"),
    ),
    row(
        "webhook of Slack",
        Url("https://hooks.slack.com/services/T024BE7LD/B0G9QF9C6/KEY"),
    ),
    row(
        "webhook of Discord",
        Url("https://discord.com/api/webhooks/123456789012345678/KEY"),
    ),
    row("jsessionid", Url("https://h/app;jsessionid=KEY/x?y=1")),
    row("a key in the path", Url("https://h/files/KEY/x")),
    row("subdomain", Url("https://KEY.example.com/rpc")),
    row("name of a query member", Url("https://h/?KEY")),
    row("name of a query member", Url("https://h/?KEY=1")),
    row("password", Url("https://ada:KEY@h/x?password=KEY#KEY")),
    row("a header", Header("authorization", "Bearer KEY")),
    row("a header", Header("cookie", "theme=dark; id=KEY")),
    row("a header", Header("x-mine", "KEY")),
    row("is_sensitive", Sensitive("user-agent", "KEY")),
    row("is_sensitive", Sensitive("x-request-id", "KEY")),
    row(
        "decoded Basic password",
        // `ada:` and the key.
        Header(
            "authorization",
            "Basic YWRhOlpxN0FiM0NkOUVmMUdoNUlqMktsOE1uNA==",
        ),
    ),
];

/// The forms in which an answer repeats the key of a request.
pub(super) const ECHOES: &[(&str, &str)] = &[
    ("as it was sent", "KEY"),
    ("another case", "zq7ab3cd9ef1gh5ij2kl8mn4"),
    ("another case", "ZQ7AB3CD9EF1GH5IJ2KL8MN4"),
    ("base64", "WnE3QWIzQ2Q5RWYxR2g1SWoyS2w4TW40"),
    (
        "percent-encoded",
        "%5a%71%37%41%62%33%43%64%39%45%66%31%47%68%35%49%6a%32%4b%6c%38%4d%6e%34",
    ),
    (
        "percent-encoded",
        "%5A%71%37%41%62%33%43%64%39%45%66%31%47%68%35%49%6A%32%4B%6C%38%4D%6E%34",
    ),
    (
        "hexadecimal",
        "5a7137416233436439456631476835496a324b6c384d6e34",
    ),
    ("first part of a key", "the one that begins with Zq7Ab3Cd9E"),
    ("first part of a key", "Zq7Ab3Cd…"),
    ("last part of a key", "the one that ends with Ij2Kl8Mn4"),
    ("last part of a key", "the one ending in 8Mn4"),
];

/// Answers with a secret that was not sent.
pub(super) const ANSWERS: &[(&str, &str)] = &[
    ("password is x", "the service says: password is KEY"),
    (
        "password is x",
        "the service says that the password was 'KEY'",
    ),
    ("accessToken=x", "service: accessToken=KEY"),
    ("a prefix of a provider", "service ghu_KEY"),
    ("a prefix of a provider", "service npm_KEY"),
    ("a prefix of a provider", "service SG.KEY"),
    ("a prefix of a provider", "service glsa_KEY"),
    ("a prefix of a provider", "service nvapi-KEY"),
    ("a prefix of a provider", "service xoxe-KEY"),
    ("a prefix of a provider", "service xoxe.xoxp-1-KEY"),
    (
        "PEM",
        "service -----BEGIN PRIVATE KEY-----\nKEY\n-----END PRIVATE KEY-----",
    ),
    ("DSN", "service postgres://ada:KEY@db/x"),
    (
        "AccountKey",
        "service AccountName=a;AccountKey=KEY==;EndpointSuffix=x",
    ),
];
