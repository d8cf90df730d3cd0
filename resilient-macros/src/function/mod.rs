//! Reads the function under the attribute. The signature is parsed; the body stays tokens.

pub(crate) mod blocking;
mod bounds;
mod chains;
pub(crate) mod exclusive;
pub(crate) mod generic_error;
mod item;
mod known;
mod lifetimes;
mod matches;
pub(crate) mod moves;
pub(crate) mod params;
mod parts;
mod passing;
pub(crate) mod rebound;
pub(crate) mod receiver;
pub(crate) mod returns;
pub(crate) mod split;
pub(crate) mod streams;
mod target;
pub(crate) mod tokens;
pub(crate) mod used_up;
mod uses;

pub(crate) use target::{Shape, Target, parse};
