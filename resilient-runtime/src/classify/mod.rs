//! Classification: from the error of an attempt to a [`Classification`].

mod call_error;
mod chain;
mod clients;
mod connecting;
mod erased_history;
pub(crate) mod field;
mod io;
mod register;
mod walk;

pub use call_error::CallError;
pub use erased_history::ErasedHistory;
pub use register::register_error;
