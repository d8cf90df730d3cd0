//! Metrics of all calls, for the facade `metrics` (feature `metrics`) and for OpenTelemetry
//! (feature `opentelemetry-033`). [`guide::metrics`](crate::guide::metrics) has the table.
//!
//! One table of [`INSTRUMENTS`] and one function from events to measurements serve both.

#[cfg(feature = "metrics")]
mod facade;
mod instrument;
mod measure;
#[cfg(feature = "opentelemetry-033")]
mod opentelemetry;
mod sample;

#[cfg(feature = "metrics")]
pub use facade::Facade;
pub use instrument::{INSTRUMENTS, Instrument, Kind};
#[cfg(feature = "opentelemetry-033")]
pub use opentelemetry::OpenTelemetry;
