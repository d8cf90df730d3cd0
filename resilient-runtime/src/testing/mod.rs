//! A kit for the tests of annotated functions. The feature `testing` is meant for
//! `[dev-dependencies]`: without it, nothing of this module is built.
//!
//! [`FaultyServer`] is a server on loopback that fails by script.

pub mod server;

pub use server::FaultyServer;
