//! The future is `Send` if the body is; otherwise the error points into the body.

use resilient_runtime::resilient;
use std::{io, rc::Rc};

async fn send() -> io::Result<()> {
    Ok(())
}

#[resilient]
async fn holds_an_rc() -> io::Result<()> {
    let shared = Rc::new(3);
    send().await?;
    drop(shared);
    Ok(())
}

#[resilient]
async fn takes_an_rc(shared: Rc<u32>) -> io::Result<()> {
    send().await?;
    drop(shared);
    Ok(())
}

fn main() {
    tokio::spawn(holds_an_rc());
    tokio::spawn(takes_an_rc(Rc::new(3)));
}
