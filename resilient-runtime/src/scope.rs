//! The scope around the code of a test, or of one in which failures are injected: values that hold
//! while a future is polled, by their type. Without the features `testing` and `chaos` there are
//! none, and nothing here costs anything.

#[cfg(not(feature = "testing"))]
mod absent;
#[cfg(feature = "testing")]
mod present;
#[cfg(any(feature = "chaos", feature = "testing"))]
mod values;

#[cfg(not(feature = "testing"))]
pub(crate) use absent::{Identity, StandIn, fresh, has_waits};
#[cfg(feature = "testing")]
pub(crate) use present::{Fresh, Identity, NoWaits, StandIn, fresh, has_waits};
#[cfg(any(feature = "chaos", feature = "testing"))]
pub(crate) use values::{Spawned, get, within};
