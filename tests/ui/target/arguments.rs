//! `by_ref(..)` and `context = ..` with wrong names of arguments.

use resilient_runtime::resilient;
use std::{io, sync::Arc};

#[resilient(by_ref(promt))]
async fn misspelt(prompt: String) -> io::Result<()> {
    drop(prompt);
    Ok(())
}

#[resilient(by_ref(banana))]
async fn never_heard_of(prompt: String) -> io::Result<()> {
    drop(prompt);
    Ok(())
}

#[resilient(by_ref(text))]
async fn reference(text: &str) -> io::Result<()> {
    drop(text);
    Ok(())
}

#[resilient(by_ref(buffer))]
async fn mutable_reference(buffer: &mut Vec<u8>) -> io::Result<()> {
    drop(buffer);
    Ok(())
}

#[resilient(by_ref(left))]
async fn part_of_a_pattern((left, right): (String, String)) -> io::Result<()> {
    drop((left, right));
    Ok(())
}

#[resilient(by_ref(self))]
async fn no_self_at_all() -> io::Result<()> {
    Ok(())
}

#[resilient(by_ref(mut_n))]
async fn nothing_near(mut n: u32) -> io::Result<()> {
    n += 1;
    drop(n);
    Ok(())
}

#[resilient(context = prompt)]
async fn context_hides_an_argument(prompt: String) -> io::Result<()> {
    drop(prompt);
    Ok(())
}

#[resilient(context = left)]
async fn context_hides_part_of_a_pattern((left, right): (u32, u32)) -> io::Result<()> {
    drop((left, right));
    Ok(())
}

#[derive(Clone)]
struct Client;

impl Client {
    #[resilient(by_ref(self))]
    async fn borrowed(&self) -> io::Result<()> {
        Ok(())
    }

    #[resilient(by_ref(this, self))]
    async fn shared(self: Arc<Self>) -> io::Result<()> {
        Ok(())
    }
}

fn main() {
    let _ = misspelt(String::new());
    let _ = Client.borrowed();
}
