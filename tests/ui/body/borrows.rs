//! Mistakes that the borrow checker finds in the body are reported in the body.

use resilient_runtime::resilient;
use std::io;

#[resilient]
async fn used_after_a_move(prompt: String) -> io::Result<usize> {
    drop(prompt);
    Ok(prompt.len())
}

#[resilient]
async fn borrowed_twice(buffer: &mut Vec<u8>) -> io::Result<()> {
    let first = &mut buffer[0];
    buffer.push(1);
    *first = 2;
    Ok(())
}

#[resilient(by_ref(prompt))]
async fn moved_out_of_by_ref(prompt: String) -> io::Result<()> {
    drop(prompt);
    Ok(())
}

#[resilient(by_ref(prompt))]
async fn moved_out_of_by_ref_by_a_method(prompt: String) -> io::Result<Vec<u8>> {
    Ok(prompt.into_bytes())
}

#[resilient]
async fn reference_to_a_local() -> io::Result<&'static str> {
    let text = String::new();
    Ok(&text)
}

#[resilient]
async fn reference_to_an_argument(prompt: String) -> io::Result<&'static str> {
    Ok(prompt.as_str())
}

#[resilient]
async fn lifetime_too_short<'a>(short: &str, _long: &'a str) -> io::Result<&'a str> {
    Ok(short)
}

struct Client {
    name: String,
}

impl Client {
    #[resilient]
    async fn moved_out_of_self(&self) -> io::Result<String> {
        Ok(self.name)
    }

    #[resilient]
    async fn changed_through_a_shared_self(&self) -> io::Result<()> {
        self.name.push('!');
        Ok(())
    }
}

fn main() {}
