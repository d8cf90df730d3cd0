//! Arguments that `by_ref` lends and the body moves.

use resilient_runtime::resilient;
use std::io;

struct Token(String);

#[resilient(by_ref(prompt))]
async fn given_away(prompt: String) -> io::Result<()> {
    println!("{prompt}");
    drop(prompt);
    Ok(())
}

#[resilient(by_ref(token, _n))]
async fn returned(token: Token, _n: u8) -> io::Result<Token> {
    Ok(token)
}

#[resilient(by_ref(value))]
async fn of_a_type_parameter<T>(value: T) -> io::Result<()> {
    let other = value;
    drop(other);
    Ok(())
}

impl Token {
    #[resilient(by_ref(self))]
    async fn method(self) -> io::Result<()> {
        drop(self);
        Ok(())
    }
}

#[resilient(by_ref(tokens))]
async fn iterated(tokens: Vec<Token>) -> io::Result<()> {
    for token in tokens {
        drop(token);
    }
    Ok(())
}

#[resilient(by_ref(prompt))]
async fn converted(prompt: String) -> io::Result<Vec<u8>> {
    Ok(prompt.into_bytes())
}

struct Request {
    prompt: String,
}

#[resilient(by_ref(prompt))]
async fn put_into_a_field(prompt: String) -> io::Result<Request> {
    let request = Request { prompt };
    Ok(request)
}

// A `Copy` value may be moved.
#[resilient(by_ref(n))]
async fn copied(n: u8) -> io::Result<u8> {
    drop(n);
    Ok(n)
}

fn main() {}
