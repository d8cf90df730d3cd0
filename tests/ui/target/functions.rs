//! Functions that cannot be resilient, with the reason and a correct form.

use resilient_runtime::resilient;
use std::{future::Future, io, pin::Pin};

#[resilient]
fn nothing_at_all() {}

#[resilient]
async fn no_return_type() {}

#[resilient]
async fn unit() -> () {}

#[resilient]
async fn never() -> ! {
    loop {}
}

#[resilient]
fn future_of_nothing() -> impl Future<Output = ()> {
    async {}
}

#[resilient]
fn boxed_future_of_nothing() -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async {})
}

#[resilient]
fn future_of_no_known_type() -> impl Future {
    async { Ok::<_, io::Error>(()) }
}

#[resilient]
fn box_without_pin() -> Box<dyn Future<Output = io::Result<()>> + Unpin> {
    Box::new(std::future::ready(Ok(())))
}

#[resilient]
const fn constant() -> io::Result<()> {
    Ok(())
}

#[resilient]
const fn constant_future() -> impl Future<Output = io::Result<()>> {
    panic!()
}

trait Api {
    #[resilient]
    async fn declared(&self) -> io::Result<()>;

    #[resilient]
    fn declared_with_a_future(&self) -> impl Future<Output = io::Result<()>>;

    #[resilient]
    fn declared_without(&self) -> io::Result<()>;
}

fn main() {}
