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
//! `help()` and `user_message()` are texts of this crate. A response of `send_checked` holds no
//! part of the request's body, except the secrets of a JSON body, which its errors are to blank.
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
//! - where an answer repeats it: each secret of the request, in any case, percent-encoded, as
//!   base64, decoded, and its first eight or last six characters. Secrets of a request are the
//!   values of headers that are not listed as harmless, sensitive ones (`is_sensitive`), the
//!   blanked parts of the URL, and the blanked members of a JSON body up to 64 KiB.
//!
//! # What cannot be promised
//!
//! Redaction knows names and forms, not meanings:
//!
//! - A secret in the answer that was not sent is found by its format or by the words before it. A
//!   key of an unknown format that nothing announces is shown, and so is a password inside other
//!   words.
