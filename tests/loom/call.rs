//! As much of a call as the retry budget asks for.
#![allow(dead_code, reason = "as in `upstream`")]

use crate::{clock::Moment, upstream::Budget};
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Fault,
    Overloaded,
    Timeout,
    GatewayTimeout,
}

impl Class {
    pub(crate) const fn is_overload(self) -> bool {
        matches!(
            self,
            Self::Overloaded | Self::Timeout | Self::GatewayTimeout
        )
    }
}

pub(crate) struct Policy {
    pub(crate) budget: Budget,
    pub(crate) backoff: Backoff,
}

pub(crate) struct Backoff {
    pub(crate) initial: Duration,
}

pub(crate) struct Classification {
    pub(crate) class: Class,
}

pub(crate) struct Failed<'a> {
    pub(crate) failure: &'a Classification,
    pub(crate) cause: Option<Class>,
    pub(crate) is_final: bool,
    pub(crate) now: Moment,
    pub(crate) budget: Budget,
}
