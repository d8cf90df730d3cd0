//! Arguments that are not `Clone` and that the body moves, converts or iterates.

use resilient_runtime::resilient;
use std::io;

struct Token(String);

impl Token {
    fn consume(self) -> usize {
        self.0.len()
    }

    fn borrow(&self) -> usize {
        self.0.len()
    }
}

fn take(token: Token) -> usize {
    token.consume()
}

#[resilient]
async fn only_borrowed(token: Token) -> io::Result<usize> {
    Ok(token.borrow())
}

#[resilient]
async fn given_away(token: Token) -> io::Result<usize> {
    Ok(take(token))
}

#[resilient]
async fn moved_by_a_method(token: Token) -> io::Result<usize> {
    Ok(token.consume())
}

#[resilient]
async fn moved_by_a_field(token: Token) -> io::Result<String> {
    Ok(token.0)
}

#[resilient]
async fn of_a_type_parameter<T: Into<Token> + AsRef<str>>(token: T) -> io::Result<usize> {
    Ok(token.into().consume())
}

#[resilient]
async fn converted(token: impl Into<Token>) -> io::Result<usize> {
    Ok(token.into().consume())
}

#[resilient]
async fn collected(tokens: impl IntoIterator<Item = Token>) -> io::Result<usize> {
    Ok(tokens.into_iter().map(Token::consume).sum())
}

#[resilient]
async fn iterated(tokens: impl Iterator<Item = Token>) -> io::Result<usize> {
    Ok(tokens.map(Token::consume).sum())
}

#[resilient]
async fn started_anew(mut token: Token) -> io::Result<usize> {
    token.0.push('!');
    Ok(token.borrow())
}

#[resilient]
async fn tried(token: impl TryInto<Token>) -> io::Result<usize> {
    Ok(token.try_into().map_or(0, Token::consume))
}

#[resilient]
async fn part_given_away((token, n): (Token, usize)) -> io::Result<usize> {
    Ok(take(token) + n)
}

impl Token {
    #[resilient]
    async fn send(self) -> io::Result<String> {
        Ok(self.0)
    }

    #[resilient]
    async fn send_anew(mut self) -> io::Result<()> {
        self.0.push('!');
        Ok(())
    }
}

enum Statement<'a> {
    Known(&'a String),
    Text(&'a str),
}

#[resilient]
async fn matched(statement: Statement<'_>) -> io::Result<String> {
    match statement {
        Statement::Known(known) => Ok(known.clone()),
        Statement::Text(text) => Ok(text.to_owned()),
    }
}

struct Response<B>(B);

impl Response<String> {
    async fn text(self) -> String {
        self.0
    }

    fn status(&self) -> usize {
        self.0.len()
    }
}

#[resilient]
async fn read(response: Response<String>) -> io::Result<String> {
    Ok(response.text().await)
}

#[resilient]
async fn looked_at(response: Response<String>) -> io::Result<usize> {
    Ok(response.status())
}

struct Options {
    token: Option<Token>,
    more: Vec<Token>,
}

#[resilient]
async fn unwrapped(options: Options) -> io::Result<usize> {
    Ok(options.token.map_or(0, Token::consume) + options.more.len())
}

impl Options {
    #[resilient]
    async fn taken_apart(self) -> io::Result<usize> {
        if let Some(token) = self.token {
            return Ok(take(token));
        }
        Ok(0)
    }
}

#[derive(Clone)]
struct Request<B> {
    body: B,
}

impl<B: AsRef<str>> Request<B> {
    #[resilient]
    async fn send(self) -> io::Result<B> {
        Ok(self.body)
    }
}

fn main() {}
