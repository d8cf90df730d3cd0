//! What an answer of a server says, and calls over real sockets. Their time is real, so this process does little else.
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
mod classify;
mod clients;
mod corpus;
mod secrets;
mod status_page;
