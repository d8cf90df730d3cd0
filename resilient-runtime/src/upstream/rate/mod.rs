//! Rate limits of requests and tokens: pure arithmetic in [`gcra`], its state in this process in
//! [`local`], the wait queue in [`turn`], and the headers of a server in [`learn`] and
//! [`reported`].

mod current;
#[cfg(feature = "sharing")]
mod divided;
mod ended;
mod gcra;
mod learn;
mod limit;
pub(crate) mod local;
mod reading;
mod reported;
mod settle;
mod throttle;
mod turn;

pub(crate) use gcra::Kind;
pub(crate) use learn::RateChange;
pub(crate) use limit::RateLimit;
pub(crate) use local::Refused;
pub(crate) use turn::{LONGEST_SLEEP, Queueing, Turn};

use crate::Rate;
