//! The runtime's source of the retry budget, and as much of a class as it asks for.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "a model uses a part of what it includes"
)]

#[path = "../../resilient-runtime/src/upstream/account.rs"]
mod account;

pub(crate) use account::{Account, Budget};

pub(super) use crate::Class;

pub(super) const FAULT: Class = Class::Fault;
