//! Unusual functions that are correct.
#![deny(warnings)]

use resilient_runtime::resilient;
use std::{future::Future, io, pin::Pin, sync::Arc};

#[resilient(by_ref(r#type), context = r#try)]
async fn r#match(r#type: String, r#ref: String) -> io::Result<usize> {
    let number = usize::try_from(r#try.number()).unwrap_or_default();
    Ok(r#type.len() + r#ref.len() + number)
}

type Alias<T> = io::Result<T>;

#[resilient]
async fn alias() -> Alias<()> {
    Ok(())
}

#[resilient]
#[allow(unused_parens)]
async fn parentheses() -> (io::Result<()>) {
    Ok(())
}

#[resilient]
pub(crate) async unsafe fn dangerous() -> io::Result<()> {
    Ok(())
}

#[resilient]
async extern "Rust" fn of_another_abi() -> io::Result<()> {
    Ok(())
}

#[resilient]
async fn no_success() -> io::Result<std::convert::Infallible> {
    Err(io::ErrorKind::Other.into())
}

#[resilient]
async fn inner_attribute() -> io::Result<u32> {
    #![allow(unused_variables)]
    let unused = 3;
    Ok(4)
}

#[resilient]
fn future(text: &str) -> impl Future<Output = io::Result<usize>> {
    let length = text.len();
    async move { Ok(length) }
}

#[resilient]
fn boxed(text: String) -> Pin<Box<dyn Future<Output = io::Result<usize>> + Send>> {
    Box::pin(async move { Ok(text.len()) })
}

#[derive(Clone)]
struct Client;

#[rustfmt::skip]
impl Client {
    #[resilient(by_ref(self))]
    async fn by_value(self) -> io::Result<()> {
        Ok(())
    }

    #[resilient(context = context)]
    async fn shared(mut self: Arc<Self>) -> io::Result<u32> {
        let _ = Arc::make_mut(&mut self);
        Ok(context.number())
    }
}

trait Api {
    fn get(&self) -> impl Future<Output = io::Result<()>> + Send;

    #[resilient]
    async fn with_a_default_body(&self) -> io::Result<()> {
        self.get().await
    }
}

impl Api for Client {
    #[resilient]
    async fn get(&self) -> io::Result<()> {
        Ok(())
    }
}

#[resilient]
async fn names_of_the_expansion(__resilient_call: u32, __resilient_0: String) -> io::Result<u32> {
    let __resilient_policy = u32::try_from(__resilient_0.len()).unwrap_or_default();
    Ok(__resilient_call + __resilient_policy)
}

fn main() {
    fn send(_: impl Future + Send) {}
    send(r#match(String::new(), String::new()));
    send(Client.by_value());
    send(Arc::new(Client).shared());
    send(boxed(String::new()));
    send(names_of_the_expansion(1, String::new()));
    drop((
        alias(),
        parentheses(),
        of_another_abi(),
        no_success(),
        inner_attribute(),
        future(""),
    ));
    drop((Client.get(), Client.with_a_default_body()));
    // SAFETY: the function has no preconditions.
    drop(unsafe { dangerous() });
}
