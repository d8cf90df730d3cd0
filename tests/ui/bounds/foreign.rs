//! Error types of other crates, and own types without the derive: the first lines name the remedy.

use resilient_runtime::{Class, Classification, Classify, resilient};
use std::io;

mod client {
    #[derive(Debug)]
    pub struct Error;
}

// As the feature of a client would implement it.
impl Classify for client::Error {
    fn classify(&self) -> Classification {
        Class::Network.into()
    }
}

enum Own {
    Busy,
}

#[resilient]
async fn foreign_error() -> Result<(), client::Error> {
    Ok(())
}

#[resilient]
async fn own_error_without_the_derive() -> Result<(), Own> {
    Err(Own::Busy)
}

#[resilient]
async fn generic_argument_without_clone<T: Send>(value: T) -> io::Result<()> {
    drop(value);
    Ok(())
}

fn main() {
    let _ = (foreign_error(), own_error_without_the_derive());
    let _ = generic_argument_without_clone(0_u8);
}
