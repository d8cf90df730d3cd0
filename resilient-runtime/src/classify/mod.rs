//! Classification: from the error of an attempt to a [`Classification`].

mod call_error;
mod chain;
mod clients;
mod connecting;
mod erased_history;
pub(crate) mod field;
mod io;
mod register;
#[cfg(feature = "tower")]
mod service_error;
mod walk;

pub use call_error::CallError;
#[cfg(all(feature = "tonic-014", feature = "http"))]
pub(crate) use clients::tonic::grpc_failure_of;
pub use erased_history::ErasedHistory;
pub use register::register_error;
#[cfg(feature = "tower")]
pub use service_error::ServiceError;
#[cfg(feature = "tower")]
pub(crate) use walk::chain as error_chain;
