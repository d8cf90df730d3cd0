//! Types that are `Clone` only if a part of them is: the part is named, and the way out.

use resilient_runtime::resilient;
use std::io;

struct Token(String);

#[derive(Clone)]
struct Pair {
    key: u8,
}

#[resilient]
async fn elements(tokens: Vec<Token>) -> io::Result<()> {
    for token in tokens {
        drop(token);
    }
    Ok(())
}

#[resilient]
async fn of_a_type_parameter<T>(values: Option<T>) -> io::Result<Option<T>> {
    Ok(values)
}

#[resilient]
async fn boxed(file: Box<dyn io::Read>) -> io::Result<()> {
    drop(file);
    Ok(())
}

#[resilient]
async fn changed(mut tokens: Vec<Token>) -> io::Result<()> {
    tokens.clear();
    Ok(())
}

#[resilient]
async fn after_a_label(pair: Pair, key: Token) -> io::Result<u8> {
    let Pair { key: other } = pair;
    drop(key);
    Ok(other)
}

#[resilient]
async fn in_a_macro(token: Token) -> io::Result<String> {
    Ok(format!("{}", text_of(token)))
}

fn text_of(token: Token) -> String {
    token.0
}

trait Body {}

/// As a builder that a client generates.
#[derive(Clone)]
struct Search<'a, B> {
    url: &'a str,
    body: Option<B>,
    headers: Vec<u8>,
}

impl<'a, B> Search<'a, B>
where
    B: Body,
{
    #[resilient]
    async fn send(self) -> io::Result<Option<B>> {
        let headers = self.headers;
        let body = self.body;
        drop(headers);
        Ok(body)
    }

    #[resilient]
    async fn given_on(self) -> io::Result<usize> {
        let request = self;
        Ok(request.url.len())
    }

    #[resilient]
    async fn taken_apart(self) -> io::Result<Option<B>> {
        let Self { body, .. } = self;
        Ok(body)
    }

    #[resilient]
    async fn started_anew(mut self) -> io::Result<()> {
        self.headers.clear();
        Ok(())
    }

    #[resilient]
    async fn in_a_box(self: Box<Self>) -> io::Result<Option<B>> {
        let request = *self;
        Ok(request.body)
    }
}

#[resilient]
async fn optional(ids: Option<impl IntoIterator<Item = Token>>) -> io::Result<usize> {
    Ok(ids.into_iter().flatten().count())
}

fn main() {}
