//! Reads the function under the attribute. The signature is parsed; the body stays tokens.

pub(crate) mod exclusive;
pub(crate) mod generic_error;
mod item;
mod lifetimes;
pub(crate) mod params;
pub(crate) mod receiver;
pub(crate) mod returns;
mod target;

pub(crate) use target::{Shape, Target, parse};
