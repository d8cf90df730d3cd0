//! Variants and structs without a class.

use resilient_runtime::{Classify, Rejection, resilient};

#[derive(Classify)]
enum NothingSaid {
    #[classify(timeout)]
    Slow,
    WithoutFields,
    WithFields(std::io::Error),
    #[classify(rejection)]
    Rejected(Rejection),
}

#[derive(Classify)]
struct NothingSaidOfAStruct {
    status: u16,
}

#[derive(Classify)]
enum OnlyDetails {
    #[classify(retry_after = wait)]
    Busy { wait: std::time::Duration },
}

// Uses of the type add no further messages to the mistakes in it.
#[resilient]
async fn user() -> Result<(), NothingSaid> {
    Err(NothingSaid::Slow)
}

fn main() {
    let _ = user();
}
