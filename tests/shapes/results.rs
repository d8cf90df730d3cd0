//! Return types, and the ends of a body: `?` and `return` end an attempt.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests")]

use resilient_runtime::{CallError, Class, Classify as _, resilient};
use resilient_shapes::{Failure, Server};
use std::{error::Error, fmt::Display, io};

/// The `Result` alias of a crate.
type Result<T, E = Failure> = std::result::Result<T, E>;

/// A retried failure of a type other than the function's.
fn unavailable<T>() -> io::Result<T> {
    Err(io::ErrorKind::ConnectionReset.into())
}

#[tokio::test(start_paused = true)]
async fn a_return_of_an_error() {
    #[resilient]
    async fn call(server: &Server) -> Result<usize, Failure> {
        match server.ask("x").await {
            Err(error) => return Err(error),
            Ok(answer) => {
                let doubled = answer * 2;
                return Ok(doubled);
            }
        }
    }
    assert_eq!(call(&Server::new()).await.unwrap(), 6);
}

#[tokio::test(start_paused = true)]
async fn an_early_return() {
    #[resilient]
    async fn call(server: &Server, words: &[&str]) -> Result<usize> {
        for (place, word) in words.iter().enumerate() {
            if server.ask(word).await? > 3 {
                return Ok(place);
            }
        }
        Ok(usize::MAX)
    }
    let server = Server::new();
    assert_eq!(call(&server, &["a", "b"]).await.unwrap(), 1);
    assert_eq!(server.asked(), ["a", "a", "a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn question_marks_that_convert() {
    #[resilient]
    async fn call(log: &mut Vec<u8>, text: &str) -> Result<u8> {
        log.push(0);
        if log.len() < 3 {
            unavailable::<()>()?;
        }
        let number: u8 = text.parse()?;
        Ok(number)
    }
    let mut log = vec![];
    assert_eq!(call(&mut log, "7").await.unwrap(), 7);
    assert_eq!(log.len(), 3);
    assert!(matches!(
        call(&mut log, "x").await.unwrap_err(),
        Failure::Number(_)
    ));
}

#[tokio::test(start_paused = true)]
async fn anyhow_results() {
    use anyhow::{Context as _, ensure};
    #[resilient]
    async fn call(log: &mut Vec<u8>) -> anyhow::Result<usize> {
        log.push(0);
        if log.len() < 3 {
            unavailable::<()>().context("with context")?;
        }
        ensure!(log.len() < 5, "too long");
        Ok("3".parse()?)
    }
    let mut log = vec![];
    assert_eq!(call(&mut log).await.unwrap(), 3);
    assert_eq!(log.len(), 3);
    log.push(0);
    assert_eq!(call(&mut log).await.unwrap_err().to_string(), "too long");
}

#[tokio::test(start_paused = true)]
async fn boxed_errors() {
    #[resilient]
    async fn call(log: &mut Vec<u8>) -> Result<usize, Box<dyn Error + Send + Sync>> {
        log.push(0);
        match log.len() {
            1 => Err(Box::new(io::Error::from(io::ErrorKind::ConnectionReset))),
            2 => unavailable()?,
            3 => Ok("3".parse()?),
            _ => Err("too long".into()),
        }
    }
    #[resilient]
    async fn local(log: &mut Vec<u8>) -> Result<usize, Box<dyn Error>> {
        log.push(0);
        if log.len() < 3 {
            unavailable()?
        } else {
            Ok(log.len())
        }
    }
    let mut log = vec![];
    assert_eq!(call(&mut log).await.unwrap(), 3);
    assert_eq!(call(&mut log).await.unwrap_err().to_string(), "too long");
    assert_eq!(local(&mut vec![]).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn other_ways_to_write_result() {
    mod api {
        pub(super) type Reply<'a, T> = Result<&'a T, super::Failure>;
    }
    #[resilient]
    async fn alias(server: &Server) -> Result<()> {
        server.ask("x").await.map(drop)
    }
    #[resilient]
    async fn alias_in_a_module<'a>(server: &Server, text: &'a String) -> api::Reply<'a, String> {
        server.ask(text).await.map(|_| text)
    }
    #[resilient]
    async fn path(server: &Server) -> core::result::Result<usize, Failure> {
        server.ask("x").await
    }
    #[resilient]
    async fn foreign(log: &mut Vec<u8>) -> io::Result<usize> {
        log.push(0);
        if log.len() < 3 {
            unavailable()
        } else {
            Ok(log.len())
        }
    }
    alias(&Server::new()).await.unwrap();
    assert_eq!(
        alias_in_a_module(&Server::new(), &"t".to_owned())
            .await
            .unwrap(),
        "t"
    );
    assert_eq!(path(&Server::new()).await.unwrap(), 3);
    assert_eq!(foreign(&mut vec![]).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn call_error_for_a_foreign_error() {
    #[resilient]
    async fn call(log: &mut Vec<u8>) -> Result<usize, CallError<io::Error>> {
        log.push(0);
        if log.len() < 3 {
            unavailable::<()>()?;
        }
        if log.len() > 3 {
            Err(io::Error::other("no"))?
        } else {
            Ok(log.len())
        }
    }
    let mut log = vec![];
    assert_eq!(call(&mut log).await.unwrap(), 3);
    assert_eq!(
        call(&mut log).await.unwrap_err().classify().class,
        Class::Unknown
    );
}

#[tokio::test(start_paused = true)]
async fn impl_trait_in_a_result() {
    #[resilient]
    async fn call(server: &Server, n: u8) -> Result<impl Fn(u8) -> Option<u8> + use<>, Failure> {
        server.ask(n).await?;
        Ok(move |m| n.checked_add(m))
    }
    #[resilient]
    async fn nested(server: &Server) -> Result<Option<(u8, impl Display)>> {
        server.ask("x").await.map(|answer| Some((1, answer)))
    }
    let plus_one = call(&Server::new(), 1).await.unwrap();
    assert_eq!(plus_one(2), Some(3));
    let server = Server::new();
    let (_, shown) = nested(&server).await.unwrap().unwrap();
    assert_eq!(shown.to_string(), "3");
}

/// Types that the compiler infers from the return type of the original function.
#[tokio::test(start_paused = true)]
async fn bodies_that_lean_on_the_return_type() {
    #[resilient]
    async fn coerced(server: &Server) -> Result<Box<dyn Display>> {
        let answer = server.ask("x").await?;
        Ok(Box::new(answer))
    }
    #[resilient]
    async fn collected(server: &Server, list: &[&str]) -> Result<Vec<u8>> {
        server.ask("x").await?;
        Ok(list
            .iter()
            .map(|text| text.parse())
            .collect::<Result<_, _>>()?)
    }
    #[resilient]
    async fn converted(server: &Server) -> Result<(String, u64, Option<u8>)> {
        server.ask("x").await?;
        Ok(("x".into(), 7_u8.into(), None.or_else(Default::default)))
    }
    #[resilient]
    async fn slice<'a>(server: &Server, array: &'a [u8; 2]) -> Result<&'a [u8]> {
        server.ask("x").await?;
        if server.asked().len() == 3 {
            return Ok(array);
        }
        Ok(&[])
    }
    #[resilient]
    async fn in_a_loop(server: &Server) -> Result<usize> {
        loop {
            if server.asked().len() < 9 {
                break server.ask("x").await;
            }
        }
    }
    #[resilient]
    async fn without_an_end(server: &Server) -> Result<usize> {
        return server.ask("x").await;
    }
    assert_eq!(coerced(&Server::new()).await.unwrap().to_string(), "3");
    assert_eq!(
        collected(&Server::new(), &["1", "2"]).await.unwrap(),
        [1, 2]
    );
    assert_eq!(
        converted(&Server::new()).await.unwrap(),
        ("x".to_owned(), 7, None)
    );
    assert_eq!(slice(&Server::new(), &[1, 2]).await.unwrap(), [1, 2]);
    assert_eq!(in_a_loop(&Server::new()).await.unwrap(), 3);
    assert_eq!(without_an_end(&Server::new()).await.unwrap(), 3);
}

/// Failures keep their classes: a permanent one ends the call at once.
#[tokio::test(start_paused = true)]
async fn a_failure_that_cannot_heal_is_returned_at_once() {
    #[resilient]
    async fn call(log: &mut Vec<u8>) -> Result<u8> {
        log.push(0);
        Ok("x".parse()?)
    }
    let mut log = vec![];
    call(&mut log).await.unwrap_err();
    assert_eq!(log.len(), 1);
}
