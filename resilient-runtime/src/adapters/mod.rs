//! Adapters: the engine for the middleware of other crates.

#[cfg(any(feature = "reqwest-middleware-05", feature = "reqwest-middleware-04"))]
pub(crate) mod reqwest;
#[cfg_attr(
    not(any(feature = "reqwest-middleware-05", feature = "reqwest-middleware-04")),
    expect(
        dead_code,
        unreachable_pub,
        reason = "settings of one request are for a middleware of reqwest-middleware"
    )
)]
mod settings;
#[cfg(any(feature = "reqwest-middleware-05", feature = "reqwest-middleware-04"))]
pub use settings::RequestSettings;
#[cfg(feature = "tower")]
pub(crate) mod tower;
