//! Stage 2 of the attribute: reads the function under it. The signature is parsed; the body stays
//! tokens.

pub(crate) mod exclusive;
pub(crate) mod generic_error;
mod item;
mod lifetimes;
pub(crate) mod params;
pub(crate) mod receiver;
pub(crate) mod returns;
mod target;

pub(crate) use target::{Shape, Target, parse};
