//! Plain functions whose types or bodies need an async one.

use resilient_runtime::{CallError, resilient};
use std::{future::Future, io, pin::Pin};

type Answer = Result<String, CallError<io::Error>>;

#[resilient]
fn awaits() -> Answer {
    std::future::ready(()).await;
    Ok(String::new())
}

async fn later(_: CallError<io::Error>) -> Answer {
    Ok(String::new())
}

#[resilient(fallback = later)]
fn falls_back_to_an_async_function() -> Answer {
    Ok(String::new())
}

#[resilient]
fn no_result() -> Option<u8> {
    None
}

type Later = Pin<Box<dyn Future<Output = Answer>>>;

#[resilient]
fn future_behind_an_alias() -> Later {
    Box::pin(async { Ok(String::new()) })
}

fn main() {}
