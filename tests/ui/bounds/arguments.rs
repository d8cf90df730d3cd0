//! Arguments that are cloned for each attempt are `Clone`: reported at their type.

use resilient_runtime::resilient;
use std::{io, sync::Arc};

struct Token;

#[resilient]
async fn plain(token: Token) -> io::Result<()> {
    drop(token);
    Ok(())
}

#[resilient]
async fn of_a_longer_type(tokens: Vec<(u32, Token)>) -> io::Result<()> {
    drop(tokens);
    Ok(())
}

#[resilient]
async fn of_a_type_parameter<T>(text: &str, token: T) -> io::Result<usize> {
    drop(token);
    Ok(text.len())
}

#[resilient]
async fn of_impl_trait(numbers: impl ExactSizeIterator<Item = u32>) -> io::Result<u32> {
    Ok(numbers.map(|n| n + 1).sum())
}

#[resilient]
async fn in_a_pattern((token, number): (Token, u32)) -> io::Result<u32> {
    drop(token);
    Ok(number)
}

#[resilient(by_ref(token))]
async fn one_of_two(token: Token, other: Token) -> io::Result<()> {
    let _ = (&token, other);
    Ok(())
}

struct Client;

impl Client {
    #[resilient]
    async fn by_value(self) -> io::Result<()> {
        drop(self);
        Ok(())
    }

    #[resilient]
    async fn in_a_box(self: Box<Self>) -> io::Result<()> {
        drop(self);
        Ok(())
    }

    #[resilient]
    async fn in_an_arc(self: Arc<Self>, token: Token) -> io::Result<()> {
        drop(token);
        Ok(())
    }
}

fn main() {}
