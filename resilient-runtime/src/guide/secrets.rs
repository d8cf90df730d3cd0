//! Secrets and personal data: which part of a request or an answer is shown where, what is blanked,
//! and what cannot be promised.
//!
//! # What is shown
//!
//! | output | of the request | of the answer |
//! |---|---|---|
//! | events, [`History`](crate::History) | nothing; arguments by `fields(..)` only | status, code, message, request id |
//! | `{}` | nothing | status, message |
//! | `{:#}`, `Debug` | method; scheme, host and a path of at most 80 characters | the same, type and parameter; `Debug` also the start of the body |
//! | `ApiError::request` | method and URL, without the values of the query | nothing |
//! | `ApiError::curl` | the same, the names of headers, the values of those that hold no secret, and the size of the body | nothing |
//! | `ApiError::curl` after `record_body()` | also up to 4096 characters of a JSON body | nothing |
//!
//! `help()` and `user_message()` are texts of this crate. A response of `send_checked` holds the
//! request with a body of at most 64 KiB until it is read, for its errors; it shows none of it.
//!
//! # What is blanked
//!
//! Every text becomes one line, of at most 512 characters or 4096 of a recorded body, by
//! [`Redacted`](crate::Redacted). Blanked are:
//!
//! - tokens of known formats (`sk-…`, `ghp_…`, `AKIA…`, JWT), and blocks of PEM;
//! - values after the name of a secret, as in `password=x`, `"apiKey": "x"`, `password is x`, and
//!   keys that mix letters and digits, as in `key 1a2b3c4d is invalid`;
//! - in URLs: user and password, the values of a query except `api-version`, segments and labels
//!   that look random, and segments after a telling name, such as `webhooks`;
//! - in recorded JSON: members with a telling name, tokens, and words that look random. Other
//!   bodies are replaced by their size and type;
//! - where an answer repeats it: each secret of the request, in any case, percent-encoded,
//!   hexadecimal, as base64, escaped as in JSON and HTML, decoded, and its first eight or last six
//!   characters. Secrets of a request are the values of headers that are not listed as harmless,
//!   sensitive ones (`is_sensitive`), the blanked parts of the URL, and in the first 64 KiB of the
//!   body the values after a telling name (JSON, forms, XML, multipart, settings), passwords in
//!   URLs, tokens, and words that look random.
//!
//! # What cannot be promised
//!
//! Redaction knows names and forms, not meanings. It does not find:
//!
//! - a secret of the answer that was not sent, has no known format, and has no name before it: "you
//!   said hunter2 as the password". After a name without `=` or `:`, a key is found from eight
//!   characters on, two of them digits; after `password is`, any word but ordinary ones;
//! - a secret of the request that is repeated and shorter than eight characters. Parts are found of
//!   secrets from sixteen characters on, of eight characters at the start and six at the end, or
//!   four at the end with a digit; not from the middle;
//! - a value in a query, a path or a body that no name announces and that is a word or shorter than
//!   20 characters. The value of a header that no list knows is found as it was sent only;
//! - a secret that is hashed, compressed, encrypted, or encoded together with other text; the 65th
//!   secret of one place of the request; one longer than 4 KiB, or in a body that is a stream;
//! - secrets of a request that is not known: without `send_checked`, `url` and `sent`, what the
//!   answer repeats is judged as any text.
//!
//! Personal data is not recognised at all: messages of servers are shown, and a server may repeat a
//! prompt in one. Log and report are as confidential as these messages. `source()` and the `Debug`
//! of a response or a request of the client are the client's: `reqwest::Response` shows its URL.
//! In memory nothing is wiped: a response holds its request until it is dropped.
