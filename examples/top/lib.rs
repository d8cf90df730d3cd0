//! A live view of calls to a misbehaving server, and a page about them.

pub mod page;
pub mod recording;
