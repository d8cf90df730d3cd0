//! The tests of metrics, which need recorders and an SDK, are in `main.rs`.
