//! Misplaced attributes, and types that the derive does not support.

use resilient_runtime::Classify;

#[derive(Classify)]
#[classify(rate_limited)]
enum AboveTheEnum {
    #[classify(unknown, crate = resilient_runtime)]
    CrateOnAVariant,
}

#[derive(Classify)]
#[classify(unknown)]
struct OnAField {
    #[classify(message)]
    text: String,
}

#[derive(Classify)]
union Union {
    number: u8,
}

fn main() {}
