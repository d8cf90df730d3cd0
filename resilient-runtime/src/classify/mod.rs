//! Classification: from the error of an attempt to a [`Classification`].

mod call_error;
mod chain;
mod clients;
pub(crate) mod field;
mod io;
mod register;

pub use call_error::CallError;
pub use register::register_error;
