//! Classes of failures: where each comes from, whether it is retried, and the advice in the report.
//!
//! Each failure has one [`Class`](crate::Class). A class decides whether a retry can help, which
//! schedule the wait follows, whether the circuit breaker counts the failure, and the advice for
//! developers. `on(class, ..)` sets a rule for one class; the log has its name as `error.type`.
//!
//! | class | from | retried | advice |
//! |---|---|---|---|
//! | `invalid_request` | 400, 405, 413, 415, 422, other 4xx | no | fix the request; the server's message says where |
//! | `context_length` | input too long for the model | no | shorten the input |
//! | `content_filter` | content refused by the provider | no | change the content |
//! | `authentication` | 401, 407 | no | check the key and how it is passed; rotate it if it was exposed |
//! | `permission` | 403 | no | check access to the model, plan and region |
//! | `not_found` | 404 | no | check the model's name and the URL |
//! | `conflict` | 409, 423, 449 | yes | look for another writer of the same resource |
//! | `rate_limited` | 429 | yes | slow down, batch requests, or ask for a higher limit |
//! | `quota_exhausted` | 402; 429 with a billing code | never | check plan, credit and spend limit on the provider's billing page; a retry cannot succeed |
//! | `payment_refused` | a declined card; a request that costs more than is left | no | let the customer pay in another way, or ask for less; the account itself is in order |
//! | `server_error` | 500, other 5xx | yes | if it lasts, look at the provider's status page and report the request id |
//! | `bad_gateway` | 502, 520 to 527, 530 | yes | if it lasts, look at the provider's status page |
//! | `overloaded` | 498, 503, 529 | yes | send less, or at another time; a higher service tier may help |
//! | `gateway_timeout` | 504 | yes | send a smaller request, or stream the answer |
//! | `timeout` | the attempt's timeout; 408 | yes | check that the timeout leaves room for a normal answer |
//! | `connect` | refused, unreachable; 421, 425 | yes | check that the server runs, the address, and proxies and firewalls on the way |
//! | `cannot_connect` | a certificate that is not valid, http on a port of https or the reverse, a proxy that refuses | no | check the certificate and the host name, whether the port speaks https or plain http, and the address and credentials of the proxy |
//! | `dns` | name not resolved | yes | check the host name and the resolver |
//! | `network` | reset, closed early, truncated body | yes | if it lasts, look at the network and at proxies on the way |
//! | `decode` | a complete answer of an unexpected format | no | check that the status was looked at before the body was read, as send_checked does, and read the body with json_checked, which says what came instead; then compare the answer with the type it is read into: the API may have changed |
//! | `stream_broken` | a stream that failed after its first content | no | ask again with what was received so far in mind |
//! | `circuit_open` | the upstream's circuit breaker | no | wait until the circuit breaker lets probes through, or release it if it was isolated by hand |
//! | `throttled` | a wait for a limit or the gate of the upstream that is too long for the call, or a `cost` above the limit | no | send less, raise the client-side limit, or allow a longer wait |
//! | `at_capacity` | the upstream's concurrency limit and its queue | no | send less at once, or raise the concurrency limit |
//! | `cap_reached` | a cap of the upstream or of its key on requests, tokens or money | no | raise the cap, or wait until its window ends; a retry before that cannot succeed |
//! | `deadline` | the deadline of the call | no | give the call more time, or do less in it |
//! | `cancelled` | a pool that this process has closed, a statement that it has interrupted, a [shutdown](crate::shutdown()) | no | nothing to do: this process cancelled it; look for a pool that was closed, or a shutdown that was called, too early |
//! | `unknown` | anything else | no | implement Classify for the error type so that it can be told apart |
//!
//! "Retried" is [`Class::is_retried_by_default`](crate::Class::is_retried_by_default). A rule
//! `on(class, retry = true)` or `retry = false` overrides it. The server overrides it with
//! `x-should-retry: true`, unless a rule forbids the retry; `x-should-retry: false` overrides both.
//! A class marked "never" is not retried, whatever a rule or the server says. The classes of
//! failures in this process ([`Class::is_local`](crate::Class::is_local)) are not retried either,
//! except that a call waits for an open breaker with `on(circuit_open, retry = true)`.
//!
//! Errors get a class from [`Classify`](crate::Classify), implemented for the clients of the
//! [features](crate#features); [`register_error`](crate::register_error) adds types.
//!
//! # Many error types
//!
//! A crate with an error type for each part of it needs two lines for each of these: the derive,
//! and `delegate` above the variant that holds an error with a class. The error that a function
//! with the attribute returns also needs a way to hold a [`Rejection`](crate::Rejection): a variant
//! of its own, or one whose error has it.
//!
//! ```
//! use resilient_runtime::{Class, Classify, FromRejection, Rejection};
//!
//! #[derive(Debug, Classify)]
//! enum HttpError {
//!     #[classify(status = 0)]
//!     Status(u16),
//!     #[classify(delegate)]
//!     Connection(std::io::Error),
//!     #[classify(rejection)]
//!     Rejected(Rejection),
//! }
//!
//! #[derive(Debug, Classify)]
//! enum UploadError {
//!     #[classify(delegate)]
//!     Send(HttpError),
//!     #[classify(invalid_request)]
//!     Empty,
//! }
//!
//! impl FromRejection for UploadError {
//!     fn from_rejection(rejection: Rejection) -> Self {
//!         Self::Send(HttpError::Rejected(rejection))
//!     }
//! }
//!
//! let error = UploadError::Send(HttpError::Status(503));
//! assert_eq!(error.classify().class, Class::Overloaded);
//! ```
