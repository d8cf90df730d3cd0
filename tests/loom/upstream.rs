//! The runtime's sources.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "a model uses a part of what it includes"
)]

#[path = "../../resilient-runtime/src/upstream/breaker.rs"]
pub(crate) mod breaker;
#[path = "../../resilient-runtime/src/upstream/window.rs"]
pub(crate) mod window;

// As the retry budget finds them in the runtime.
pub(crate) use crate::{
    account::sources::{Account, Budget},
    call::Failed,
};
