//! Answers of servers, and calls over real sockets. These tests use real time.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    clippy::panic,
    clippy::print_stdout,
    reason = "test code fails loudly"
)]

mod answers;
mod api_error;
mod bodies;
mod bulk;
mod classify;
mod clients;
mod corpus;
mod erased;
mod failover;
mod faulty_server;
mod jump;
mod middleware;
mod secrets;
mod sse;
mod status_page;
mod streams;
mod transports;
