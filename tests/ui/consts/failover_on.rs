//! A class whose target there is not.

use resilient_runtime::{Class, Failover, Upstream};

static API: Upstream = Upstream::new("api");
static CHAT: Failover = Failover::new("chat").to(&API, "a").on(Class::ContextLength, "b");

fn main() {
    let _ = CHAT.name();
}
