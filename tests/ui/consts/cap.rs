//! A cap whose currency is written in small letters.

use resilient_runtime::{Price, Upstream};

static API: Upstream = Upstream::new("api")
    .price(Price::new(2.5, 10.0))
    .cap("50 usd/day");

fn main() {
    drop(API.snapshot());
}
