//! Unusual derives that are correct.
#![deny(warnings)]

use resilient_runtime::{Classify, Rejection};
use std::{io, time::Duration};

#[rustfmt::skip]
#[derive(Classify)]
pub enum Forms {
    #[classify(timeout,)]
    CommaAtTheEnd,
    #[classify{timeout}]
    Braces,
    #[classify[timeout]]
    Brackets {},
    #[classify(retry_after = r#type, rate_limited)]
    Raw { r#type: Duration },
    #[classify(message = self_)]
    #[classify(unknown)]
    TwoAttributes { self_: char },
    #[classify(code = 0, message = 0, unknown)]
    OneFieldTwice(u8),
    #[deprecated]
    #[classify(delegate)]
    Deprecated(io::Error),
    #[classify(rejection)]
    Rejected { rejection: Rejection },
}

#[derive(Classify)]
pub enum EveryVariantDelegates {
    #[classify(delegate)]
    One(io::Error),
    #[classify(delegate)]
    Two(Forms),
}

#[derive(Classify)]
pub enum NoVariants {}

#[derive(Classify)]
#[classify(crate = ::resilient_runtime, cancelled)]
pub struct ClassAndCrate;

fn main() {
    fn classified<T: Classify>() {}
    classified::<Forms>();
    classified::<EveryVariantDelegates>();
    classified::<NoVariants>();
    classified::<ClassAndCrate>();
}
