//! Names used by other libraries that belong to another list or have another form here.

use resilient_runtime::resilient;
use std::io;

#[resilient(max_delay = "5s", jitter = true, on_retry = log)]
async fn names_of_others() -> io::Result<()> {
    Ok(())
}

#[resilient(banana = 1, cherry = 2)]
async fn list_of_keys_once() -> io::Result<()> {
    Ok(())
}

fn main() {
    let _ = names_of_others();
}
