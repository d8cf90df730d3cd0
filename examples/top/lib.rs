//! A live view of the calls of a program: its functions, limits, breakers and waits. `cargo run
//! --example top` shows that of calls to a server that misbehaves.

pub mod arguments;
mod incidents;
pub mod page;
pub mod recording;
pub mod traffic;
