//! Adapters: the engine for the middleware of other crates.

#[cfg(any(feature = "reqwest-middleware-05", feature = "reqwest-middleware-04"))]
pub(crate) mod reqwest;
mod settings;
#[cfg(any(feature = "reqwest-middleware-05", feature = "reqwest-middleware-04"))]
pub use settings::RequestSettings;
#[cfg(feature = "tower")]
pub(crate) mod tower;
