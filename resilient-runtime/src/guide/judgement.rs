//! How a failure is judged: the order in which an error or an answer is examined, and how to change
//! the result.
//!
//! A judgement is a [`Classification`](crate::Classification): a [class](super::classes), the wait
//! that the server asks for, whether the request may have been processed, and details for the
//! report. It says nothing about the number of attempts, which is up to the policy.
//!
//! # An error
//!
//! | order | what is examined |
//! |---|---|
//! | 1 | `classify = function` of the attribute, if there is one; otherwise [`Classify`](crate::Classify) of the error. Boxed errors, `anyhow::Error`, `eyre::Report` and `io::Error` pass to 2 |
//! | 2 | the error and its sources, from the outside to the inside: the first that is a [`Rejection`](crate::Rejection), of a type named to [`register_error`](crate::register_error), or, with its [feature](crate#features), of a client |
//! | 3 | the innermost `io::Error` of the chain with a kind that tells something, or else the outermost one |
//! | 4 | nothing known: `unknown`, which is not retried |
//!
//! # An answer over HTTP
//!
//! | order | what is examined | what it decides |
//! |---|---|---|
//! | 1 | the body, up to 64 KiB, 6 levels and 256 members: codes, types and reasons at any place, the message, and the body of another server in it | what the rules compare; a success is a failure if its body says so |
//! | 2 | the first rule that fits | the class, where the status alone misleads |
//! | 3 | the status | the class, if no rule fits |
//! | 4 | `x-should-retry`, `stripe-should-retry` | whether a retry makes sense, unless a rule forbids it |
//! | 5 | headers such as `retry-after`, then the body, then the reset of an exhausted quota | the wait |
//!
//! The table of rules is in the documentation of [`Classification::from_answer`], which also names
//! the headers and members. A rule names statuses, names or phrases, and a class:
//!
//! - The rules are compared in the order of the table, by names and common phrases; if none fits,
//!   once more by words in names (`PromptTooLong`) and by rare phrases.
//! - If a code is about one value of the request, the message is not compared, except for a text
//!   that is too long or refused. Quoted parts of a message never are.
//! - A class that was found in a text, in words of a name, or by a 402 alone is less certain. It
//!   does not open a circuit breaker at once, and only the status says whether the request was
//!   processed. Objects that do not describe the error are not searched.
//! - Some words mean different things to different providers. Then the rule also needs a sign of
//!   the provider in the answer, or a certain status.
//!
//! # A success
//!
//! `send_checked` looks at the status only, because the body belongs to the function.
//! `json_checked` and `text_checked` read it, and an error in it is a failure: always if the JSON
//! does not fit, otherwise if there is nothing but the error. A job that has failed, read into a
//! type with its error, is a result; to make it a failure, use `classify_ok = function`.
//!
//! # To change it
//!
//! For one class, `on(class, retry = true)` or `retry = false` changes the decision. For one
//! function, `classify` judges, and may fall back to the judgement of this crate. An upstream has
//! no such setting: give each of its functions the same one. Log and decisions go by its class;
//! the error keeps its own class and advice, and is given no history of the attempts:
//!
//! ```
//! use resilient_runtime::{CallError, Class, Classification, Classify, resilient};
//! use std::io;
//!
//! fn judge(error: &CallError<io::Error>) -> Classification {
//!     let text = error.error().map(io::Error::to_string);
//!     if text.is_some_and(|text| text.contains("warming up")) {
//!         return Classification::new(Class::Overloaded);
//!     }
//!     error.classify()
//! }
//!
//! #[resilient(attempts = 3, classify = judge)]
//! async fn load(path: &str) -> Result<String, CallError<io::Error>> {
//!     std::fs::read_to_string(path).map_err(CallError::from)
//! }
//!
//! let judged = |error: io::Error| judge(&CallError::from(error)).class;
//! assert_eq!(judged(io::Error::other("warming up")), Class::Overloaded);
//! assert_eq!(judged(io::ErrorKind::ConnectionReset.into()), Class::Network);
//! ```
//!
//! An answer that is judged wrongly for everybody needs a rule: a row in
//! `resilient-runtime/src/http/rules/table.rs` with its source, the same row in the documentation,
//! and an answer in `tests/fixtures` that needs it. Tests compare the three.
//!
//! [`Classification::from_answer`]: https://docs.rs/resilient-runtime/latest/resilient_runtime/struct.Classification.html#method.from_answer
