//! Scripted outcomes in the place of bodies.

mod calls;
mod mistakes;
mod types;

use futures::FutureExt as _;
use resilient_runtime::{CallError, resilient, testing::script::Scripted};
use resilient_tests::Counter;
use std::{io, panic::AssertUnwindSafe};

/// What a function under test returns.
type Answer = Result<u32, CallError<io::Error>>;

/// The number of times that its body is run.
#[resilient(name = "app::ask", attempts = 4)]
async fn ask(sent: &Counter) -> Answer {
    Ok(sent.count())
}

#[resilient(name = "app::list", attempts = 4)]
async fn list() -> Answer {
    Ok(7)
}

/// The message with which the future panics.
async fn panic_of<F: Future>(future: F) -> String {
    let panic = AssertUnwindSafe(async { drop(future.await) }).catch_unwind();
    match panic.await.unwrap_err().downcast::<String>() {
        Ok(message) => *message,
        Err(other) => (*other.downcast::<&str>().unwrap()).to_owned(),
    }
}

/// An error of the body.
fn refused() -> CallError<io::Error> {
    io::Error::from(io::ErrorKind::ConnectionRefused).into()
}

/// No outcomes.
const NOTHING: [Scripted; 0] = [];
