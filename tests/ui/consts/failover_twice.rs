//! Two targets with one name.

use resilient_runtime::{Failover, Upstream};

static API: Upstream = Upstream::new("api");
static TWICE: Failover = Failover::new("twice").to(&API, "a").to(&API, "a");

fn main() {
    let _ = TWICE.name();
}
