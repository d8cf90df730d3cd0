//! Connections that can never be set up, requests that were surely not processed, and failures of
//! this process below the wrappers of a client: the same in every client.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "test code fails loudly"
)]

mod certificates;
mod clients;
mod http2;
mod local;
mod servers;
mod texts;

type Boxed = Box<dyn std::error::Error + Send + Sync>;
