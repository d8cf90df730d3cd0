//! Holds the example `shared`: `cargo run --example shared`.
