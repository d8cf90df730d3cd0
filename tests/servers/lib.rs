//! Servers of other projects. Each is a process on a free port of 127.0.0.1, and runs as long as a
//! test needs it.
//!
//! They misbehave in ways that were not designed for this library, and count the requests that
//! reach them. `.ci/servers` installs them. A test without its server reports this and passes; with
//! `CI=true` it fails.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "test code fails loudly"
)]

mod installed;
mod llmock;
pub mod namespaces;
mod nginx;
mod process;
mod redis;
mod wiremock;

pub use llmock::Llmock;
pub use nginx::Nginx;
pub use redis::RedisServer;
pub use resilient_examples::client;
pub use wiremock::Wiremock;
