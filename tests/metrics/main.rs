//! The records of a scripted set of calls.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code fails loudly")]

mod calls;
mod facade;
mod hostile;
mod opentelemetry;
