//! Caps: what an upstream and its keys may use in a window of the calendar.

mod counters;
#[cfg(feature = "sharing")]
mod shared;
mod spending;
mod wall;

pub(crate) use counters::CapState;
#[cfg(feature = "testing")]
pub(crate) use wall::WallTime;
