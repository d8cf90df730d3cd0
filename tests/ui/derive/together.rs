//! Words that contradict each other.

use resilient_runtime::{Classify, Rejection};

#[derive(Classify)]
enum SaidTwice {
    #[classify(timeout, timeout)]
    SameClass,
    #[classify(timeout, connect)]
    TwoClasses,
    #[classify(timeout)]
    #[classify(delegate)]
    InTwoAttributes(u8),
    #[classify(delegate = source, status = status)]
    DelegateAndStatus { source: u8, status: u16 },
    #[classify(timeout, code = 0, code = 0)]
    SameDetail(u8),
}

#[derive(Classify)]
enum Rejections {
    #[classify(rejection)]
    Empty,
    #[classify(rejection)]
    MoreThanOneField(Rejection, u8),
    #[classify(rejection, message = 0)]
    WithDetails(Rejection),
}

#[derive(Classify)]
enum TwoRejections {
    #[classify(rejection)]
    One(Rejection),
    #[classify(rejection)]
    Two(Rejection),
}

fn main() {}
