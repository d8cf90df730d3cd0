//! Middleware of reqwest: resilient requests for code that uses `reqwest-middleware`.
//!
//! # Why
//!
//! Code with a `ClientWithMiddleware` in many places has one place for retries: its stack.
//! `reqwest-retry` repeats by status and kind of error. It ignores `Retry-After`, reads no body, so
//! that an exhausted account is asked again like a rate limit, has no time limit of an attempt, and
//! each process repeats for itself, however long the server has been down.
//!
//! # Use
//!
//! Features `reqwest-middleware` (0.5, for reqwest 0.13) and `reqwest-middleware-04` (for reqwest
//! 0.12):
//!
//! ```no_run
//! use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
//! use resilient_runtime::{RequestSettings, ResilientMiddleware, Upstream};
//!
//! static OPENAI: Upstream = Upstream::new("openai").tokens_per_minute(200_000);
//!
//! fn client(http: reqwest::Client) -> ClientWithMiddleware {
//!     let resilience = ResilientMiddleware::through(&OPENAI)
//!         .name("openai")
//!         .idempotent(|request: &reqwest::Request| request.method().is_idempotent());
//!     ClientBuilder::new(http).with(resilience).build()
//! }
//!
//! async fn ask(client: &ClientWithMiddleware, tenant: &str) -> reqwest_middleware::Result<String> {
//!     // In place of the settings of the middleware, for this request.
//!     let own = RequestSettings::new().key(tenant).cost(800).idempotent(true);
//!     let request = client.post("https://api.openai.com/v1/responses").with_extension(own);
//!     Ok(request.send().await?.text().await?)
//! }
//! ```
//!
//! A response with a status of 400 or above is a failure, with class, wait and quotas by status,
//! headers and the start of its body: up to 64 KiB, and for at most 2 seconds. If the call gives
//! up, it is the result, with its whole body, so `error_for_status` and
//! [`into_api_result`](crate::IntoApiResult::into_api_result) work as before. Middleware added
//! before this one sees one request, that added later each attempt: put logs of requests behind it,
//! caches before it.
//!
//! A request whose body is a stream cannot be copied (`try_clone`). It has one attempt, with all
//! limits: `attempts` is 1 in its events. Send bytes, or wrap the call that makes the stream in a
//! function with the attribute.
//!
//! | lacking in `reqwest-retry` | here |
//! |---|---|
//! | `Retry-After` and waits in bodies | honoured, up to `max_retry_after` |
//! | classes by body | an exhausted quota, a content filter or a bad key is not retried |
//! | time limits | `timeout` of an attempt and `deadline` of the call |
//! | shared state | retry budget, breaker, gate and limits of the upstream |
//! | idempotency | by request |
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `name` | `reqwest`: calls of one name share a retry budget, unless there is an upstream |
//! | `idempotent` | as the policy says, for every method |
//! | `key`, `cost` | none, and 0 |
//!
//! # Events
//!
//! Those of every call, with the name of the request or of the middleware: `attempt failed`,
//! `retrying`, `giving up` and the others.
//!
//! # What it will not do
//!
//! - It does not go with `reqwest-retry` in one stack: three attempts here around four there are
//!   twelve requests, and the inner ones wait by a schedule of their own. Remove the other one.
//! - It does not include the reading of a success in the attempt: the call ends with the headers.
//! - The variant `Error::Reqwest` has no room for the history of the call, which is in the events.
//!   A rejection is in `Error::Middleware`, and keeps it: [`ErasedHistory`](crate::ErasedHistory).
