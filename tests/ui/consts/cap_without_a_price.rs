//! A cap on money, of an upstream without a price.

use resilient_runtime::Upstream;

static API: Upstream = Upstream::new("api").cap("50 USD/day");

fn main() {
    drop(API.snapshot());
}
