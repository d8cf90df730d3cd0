//! Patterns, iterators, and a `self` of which fields are read.

use crate::{Failure, Server};
use resilient_runtime::resilient;

/// Not `Clone`.
#[derive(Debug)]
#[non_exhaustive]
pub struct Token(pub u8);

impl Token {
    /// Its number.
    #[must_use]
    pub const fn number(&self) -> u8 {
        self.0
    }

    /// A field is copied.
    ///
    /// # Errors
    /// Those of the server.
    #[resilient]
    pub async fn send(self, server: &Server) -> Result<u8, Failure> {
        let _: usize = server.ask(self.number()).await?;
        Ok(self.0)
    }
}

/// Not `Clone`.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "taken apart")]
pub struct Json<T>(pub T);

/// A tuple and a pattern that is lent.
///
/// # Errors
/// Those of the server.
#[resilient]
pub async fn patterns(
    server: &Server,
    (token, mut count, log, _): (Token, usize, &mut Vec<usize>, Token),
    Json(other): Json<Token>,
) -> Result<usize, Failure> {
    let more = [token.number(), other.number()].len();
    count = count.saturating_add(more);
    log.push(count);
    server.ask(count).await
}

/// Iterators.
///
/// # Errors
/// Those of the server.
#[resilient]
pub async fn iterators(
    server: &Server,
    ids: impl Iterator<Item = u8>,
    mut names: impl Iterator<Item = String>,
) -> Result<usize, Failure> {
    let name = names.next().unwrap_or_default();
    server.ask(format!("{name}{}", ids.count())).await
}

/// Moves a copy.
///
/// # Errors
/// Those of the server.
#[resilient(by_ref(n))]
pub async fn by_ref(server: &Server, n: u8) -> Result<u8, Failure> {
    let _: usize = server.ask(n).await?;
    Ok(n)
}

/// A lent function that is bound again, and a lent text that is dropped.
///
/// # Errors
/// Those of the server.
#[resilient]
pub async fn bound_again(
    server: &Server,
    next: impl FnMut() -> u8 + Send,
    text: impl AsRef<str> + Send,
) -> Result<usize, Failure> {
    let mut call = next;
    let short = text.as_ref().to_owned();
    drop(text);
    server.ask(format!("{}{short}", call())).await
}

/// A value of any type that is `Send`.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "made by the test")]
pub struct Kept<T>(pub T);

impl<T: ToString + Send> Kept<T> {
    /// It is only read.
    ///
    /// # Errors
    /// Those of the server.
    #[resilient]
    pub async fn read(&mut self, server: &Server) -> Result<usize, Failure> {
        let text = self.0.to_string();
        server.ask(text).await
    }
}

/// Kinds of arguments that are optional.
///
/// # Errors
/// Those of the server.
#[resilient]
pub async fn optional(
    server: &Server,
    ids: Option<impl IntoIterator<Item = u8> + Send>,
    name: Option<impl Into<String> + Send>,
    text: Option<impl AsRef<str> + Send>,
) -> Result<usize, Failure> {
    let all: Vec<u8> = ids.into_iter().flatten().collect();
    let given = name.map_or_else(String::new, Into::into);
    let short = text
        .as_ref()
        .map_or_else(String::new, |it| it.as_ref().to_owned());
    server.ask(format!("{all:?}{given}{short}")).await
}

/// A trait that references have too.
pub trait Cache: Send + Sync {
    /// The value.
    fn get(&self) -> u8;
}

impl Cache for u8 {
    fn get(&self) -> u8 {
        *self
    }
}

impl<T: Cache> Cache for &T {
    fn get(&self) -> u8 {
        (**self).get()
    }
}

async fn looked_up(server: &Server, cache: impl Cache) -> Result<usize, Failure> {
    server.ask(cache.get()).await
}

/// Arguments that are passed on, and that are lent by their bounds.
///
/// # Errors
/// Those of the server.
#[resilient]
pub async fn passed_on<T>(server: &Server, cache: impl Cache, other: T) -> Result<usize, Failure>
where
    T: Cache,
{
    let first = looked_up(server, cache).await?;
    looked_up(server, other).await.map(|n| n.max(first))
}
