//! Text that users write and read: durations, rates, suggestions, messages, and the names of the
//! runtime.

pub(crate) mod duration;
pub(crate) mod errors;
pub(crate) mod names;
pub(crate) mod rate;
pub(crate) mod suggest;
