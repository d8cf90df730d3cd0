//! The scope that the test kit puts around the code of a test: values that hold while a future is
//! polled, by their type. Without the feature `testing` there are none, and nothing here costs
//! anything.

#[cfg(not(feature = "testing"))]
mod absent;
#[cfg(feature = "testing")]
mod present;

#[cfg(not(feature = "testing"))]
pub(crate) use absent::{Identity, fresh, has_waits};
#[cfg(feature = "testing")]
pub(crate) use present::{Fresh, Identity, NoWaits, Spawned, fresh, get, has_waits, within};
