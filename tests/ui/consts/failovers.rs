//! Failovers that are wrong do not compile.

use resilient_runtime::{Class, Failover, Upstream};

static API: Upstream = Upstream::new("api");
static TWICE: Failover = Failover::new("twice").to(&API, "a").to(&API, "a");
static NOWHERE: Failover = Failover::new("nowhere").to(&API, "a").on(Class::ContextLength, "b");

fn main() {
    let _ = (TWICE.name(), NOWHERE.name());
}
