//! Adapters: resilient calls in the middleware of other crates.
//!
//! # Why
//!
//! A generated client, or a library that takes a service, has no function that could carry the
//! attribute. The middleware at hand knows one thing each: tower's `Retry` has no jitter, no
//! `Retry-After` and no classes, and a breaker beside it does not know which attempts were
//! retries. An adapter is the whole engine as one layer: attempts, limits, breaker, retry budget,
//! events and history.
//!
//! # Use
//!
//! With the feature `tower`, [`ResilientLayer`](crate::ResilientLayer) is a layer around any
//! service that is `Clone`:
//!
//! ```
//! use resilient_runtime::{Policy, ResilientLayer, Upstream};
//! use std::{convert::Infallible, time::Duration};
//! use tower::{Service as _, ServiceBuilder, ServiceExt as _, service_fn};
//!
//! static API: Upstream = Upstream::new("api").requests_per_minute(500);
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! let layer = ResilientLayer::new(Policy::new().timeout(Duration::from_secs(10)))
//!     .upstream(&API)
//!     .name("search")
//!     .idempotent(|request: &http::Request<String>| request.method().is_idempotent());
//! # let transport = service_fn(|_: http::Request<String>| async {
//! #     Ok::<_, Infallible>(http::Response::new("found"))
//! # });
//! let mut client = ServiceBuilder::new().layer(layer).service(transport);
//!
//! let request = http::Request::get("/search").body(String::new()).unwrap();
//! let response = client.ready().await.unwrap().call(request).await.unwrap();
//! assert_eq!(*response.body(), "found");
//! # }
//! ```
//!
//! | client | how |
//! |---|---|
//! | hyper | around `hyper_util::client::legacy::Client`, with a body that is `Clone`, such as `Full<Bytes>` |
//! | async-openai | `with_http_service(ServiceBuilder::new().layer(layer).service(ReqwestService::new(http)))`: a plain service, so that nothing retries inside |
//! | tonic | `#[resilient]` on a function that calls the generated client sees every status. A layer below the client sees only those in headers, and needs [`request`](crate::ResilientLayer::request) |
//!
//! A request that is not `Clone` is copied by a function; without a copy, it has one attempt.
//! [`ServiceError`](crate::ServiceError) is the error: the one of the service is its source, and
//! it becomes a `tonic::Status` or an `OpenAIError` by `From`. Outer layers convert it to a box.
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `name` | `tower`: calls of one name share a retry budget, unless there is an upstream |
//! | responses | a status of 400 or above is a failure, by status and headers, and so is a `grpc-status` in the headers (feature `tonic`) |
//! | `idempotent` | as the policy says, for every method |
//! | `key`, `cost` | none, and 0 |
//!
//! # Events
//!
//! Those of every call, with the name of the layer: `attempt failed`, `retrying`, `giving up` and
//! the others. A request without a copy gives up after its only attempt (`attempts` is 1).
//!
//! # What it will not do
//!
//! - It reads no body. The call ends with the headers of the response; classes that only a body
//!   tells, such as `quota_exhausted`, need a service inside that reads it.
//! - A service of tower that is ready holds its place, such as a permit, while the first attempt
//!   waits for the upstream. Limits of the upstream in their place do not have two queues.
//! - It does not go around a layer that retries: the attempts would multiply.
//! - It has no hedge and no fallback: these belong to functions that know the answer.
