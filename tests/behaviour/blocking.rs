//! Plain functions: the same calls, on the thread of their caller.

mod engine;
mod forms;
mod threads;
