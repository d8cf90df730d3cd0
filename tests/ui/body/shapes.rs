//! Mistakes in the body are also reported in the body if the function returns a future.

use resilient_runtime::resilient;
use std::{future::Future, io, pin::Pin};

#[resilient]
fn boxed_block() -> Pin<Box<dyn Future<Output = io::Result<u32>> + Send>> {
    Box::pin(async move {
        let number: u32 = "three";
        Ok(number)
    })
}

#[resilient]
fn block(text: &str) -> impl Future<Output = io::Result<u32>> {
    async move { text.len() }
}

#[resilient]
fn made_by_statements() -> Pin<Box<dyn Future<Output = io::Result<u32>> + Send>> {
    let number: u32 = "three";
    Box::pin(async move { Ok(number) })
}

#[resilient]
fn no_future() -> Pin<Box<dyn Future<Output = io::Result<u32>> + Send>> {
    let number = 3;
    Ok(number)
}

macro_rules! function {
    ($name:ident, $body:block) => {
        #[resilient]
        async fn $name() -> io::Result<u32> $body
    };
}

function!(from_a_macro, {
    let number: u32 = "three";
    Ok(number)
});

fn main() {}
