//! Invalid limits in the constructor of an upstream.

use resilient_runtime::{Breaker, Concurrency, Rate, Upstream};

static NAMELESS: Upstream = Upstream::new("");
static SILENT: Upstream = Upstream::new("silent").requests_per_minute(0);
static NARROW: Upstream = Upstream::new("narrow").tokens(Rate::per_minute(1_000).burst(0));
static UNSURE: Upstream = Upstream::new("unsure").breaker(Breaker::new().failure_ratio(f64::NAN));
static TORN: Upstream =
    Upstream::new("torn").concurrency(Concurrency::adaptive(8, 4));

fn main() {}
