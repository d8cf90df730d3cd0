//! A live view of the calls of a program: its functions, limits, breakers and waits.
//! `cargo run --example top` shows that of calls to a server that misbehaves.

pub mod arguments;
mod columns;
pub mod events;
mod incidents;
pub mod layout;
#[cfg(test)]
mod observe_here;
mod rates;
pub mod state;
pub mod table;
pub mod traffic;
pub mod waits;
pub mod watch;
mod words;
