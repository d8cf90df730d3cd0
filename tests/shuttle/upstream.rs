//! The runtime's sources.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "a model uses a part of what it includes"
)]

#[path = "../../resilient-runtime/src/upstream/account.rs"]
mod account;
#[path = "../../resilient-runtime/src/upstream/adaptive.rs"]
pub(crate) mod adaptive;
#[path = "../../resilient-runtime/src/upstream/breaker.rs"]
pub(crate) mod breaker;
#[path = "../../resilient-runtime/src/upstream/concurrency.rs"]
pub(crate) mod concurrency;
#[path = "../../resilient-runtime/src/upstream/current.rs"]
mod current;
#[path = "../../resilient-runtime/src/upstream/keys.rs"]
pub(crate) mod keys;
#[path = "../../resilient-runtime/src/upstream/learn.rs"]
mod learn;
#[path = "../../resilient-runtime/src/upstream/line.rs"]
mod line;
#[path = "../../resilient-runtime/src/upstream/meter.rs"]
pub(crate) mod meter;
#[path = "../../resilient-runtime/src/upstream/rate.rs"]
pub(crate) mod rate;
#[path = "../../resilient-runtime/src/upstream/reading.rs"]
mod reading;
#[path = "../../resilient-runtime/src/upstream/slots.rs"]
pub(crate) mod slots;
#[path = "../../resilient-runtime/src/upstream/terms.rs"]
pub(crate) mod terms;
#[path = "../../resilient-runtime/src/upstream/throttle.rs"]
mod throttle;
#[path = "../../resilient-runtime/src/upstream/window.rs"]
pub(crate) mod window;

pub(crate) use crate::call::Failed;
pub(crate) use account::{Account, Budget};
pub(crate) use extra::{Extra, Run};

/// The traits of `extra.rs`, which needs more than is here.
mod extra {
    pub trait Extra {
        type Run: Run;
        fn start(&mut self) -> Option<Self::Run>;
    }

    pub trait Run {
        fn ended(&mut self, is_success: bool);
    }
}
