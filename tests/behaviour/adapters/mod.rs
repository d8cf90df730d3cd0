//! Adapters for the middleware of other crates.

mod tower;
