//! Failures of a network that only a kernel produces.
#![allow(clippy::unwrap_used, reason = "test code fails loudly")]

use resilient_servers::namespaces;
use std::path::Path;

#[test]
fn f120_an_order_is_sent_once_where_a_read_is_unreachable() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/namespaces/order_twice.sh");
    let order = Path::new(env!("CARGO_BIN_EXE_order"));
    let server = Path::new(env!("CARGO_BIN_EXE_order-server"));
    let Some(outputs) = namespaces::run(script, order, server) else {
        return;
    };
    assert_eq!(outputs.server, "order\n", "{}", outputs.client);
    // The network failed as planned, and the call did not end with something else.
    for part in [
        "failed: connect: ",
        "os error 113",
        "not idempotent and maybe processed",
    ] {
        assert!(outputs.client.contains(part), "{}", outputs.client);
    }
}
