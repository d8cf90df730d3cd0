//! Arguments: owned ones have their original value in every attempt, borrowed ones are the
//! caller's.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests")]

use resilient_runtime::resilient;
use resilient_shapes::{Failure, Server};
use std::{
    borrow::Cow,
    fmt::{Display, Write},
    rc::Rc,
    sync::Arc,
};

#[tokio::test(start_paused = true)]
async fn no_arguments() {
    static SERVER: Server = Server::new();
    #[resilient]
    async fn call() -> Result<usize, Failure> {
        SERVER.ask("hi").await
    }
    assert_eq!(call().await.unwrap(), 3);
    assert_eq!(SERVER.asked(), ["hi"; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_str() {
    #[resilient]
    async fn call(server: &Server, prompt: &str) -> Result<usize, Failure> {
        server.ask(prompt).await
    }
    let server = Server::new();
    assert_eq!(call(&server, "hi").await.unwrap(), 3);
    assert_eq!(server.asked(), ["hi"; 3]);
}

#[tokio::test(start_paused = true)]
async fn an_owned_string_that_is_only_borrowed() {
    #[resilient]
    async fn call(server: &Server, prompt: String) -> Result<usize, Failure> {
        server.ask(&prompt).await
    }
    let server = Server::new();
    assert_eq!(call(&server, "hi".to_owned()).await.unwrap(), 3);
    assert_eq!(server.asked(), ["hi"; 3]);
}

#[tokio::test(start_paused = true)]
async fn an_owned_string_that_is_moved() {
    #[resilient]
    async fn call(server: &Server, prompt: String) -> Result<String, Failure> {
        let mut text = prompt;
        text.push('!');
        server.ask(&text).await?;
        Ok(text)
    }
    let server = Server::new();
    assert_eq!(call(&server, "hi".to_owned()).await.unwrap(), "hi!");
    assert_eq!(server.asked(), ["hi!"; 3]);
}

#[tokio::test(start_paused = true)]
async fn two_owned_arguments_one_of_them_moved() {
    #[resilient]
    async fn call(server: &Server, kept: String, moved: Vec<u8>) -> Result<Vec<u8>, Failure> {
        let taken = moved;
        server.ask(format!("{kept}{}", taken.len())).await?;
        drop(kept);
        Ok(taken)
    }
    let server = Server::new();
    assert_eq!(
        call(&server, "hi".to_owned(), vec![1, 2]).await.unwrap(),
        [1, 2]
    );
    assert_eq!(server.asked(), ["hi2"; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_mut_number_starts_anew() {
    #[resilient]
    async fn call(server: &Server, mut n: u32) -> Result<u32, Failure> {
        n += 1;
        server.ask(n).await?;
        Ok(n)
    }
    let server = Server::new();
    assert_eq!(call(&server, 6).await.unwrap(), 7);
    assert_eq!(server.asked(), ["7"; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_mut_string_starts_anew() {
    #[resilient]
    async fn call(mut prompt: String, server: &Server) -> Result<String, Failure> {
        prompt.push('!');
        server.ask(&prompt).await?;
        Ok(prompt)
    }
    let server = Server::new();
    assert_eq!(call("hi".to_owned(), &server).await.unwrap(), "hi!");
    assert_eq!(server.asked(), ["hi!"; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_mutable_borrow_keeps_what_failed_attempts_wrote() {
    #[resilient]
    async fn call(server: &Server, log: &mut Vec<u32>) -> Result<usize, Failure> {
        log.push(7);
        server.ask(log.len()).await
    }
    let (server, mut log) = (Server::new(), vec![]);
    assert_eq!(call(&server, &mut log).await.unwrap(), 3);
    assert_eq!(server.asked(), ["1", "2", "3"]);
    assert_eq!(log, [7, 7, 7]);
}

#[tokio::test(start_paused = true)]
async fn a_mutable_borrow_that_the_body_gives_away() {
    async fn write(log: &mut String) {
        tokio::task::yield_now().await;
        log.push('x');
    }
    #[resilient]
    async fn call(server: &Server, log: &mut String) -> Result<usize, Failure> {
        let taken = log;
        write(taken).await;
        server.ask(taken).await
    }
    let (server, mut log) = (Server::new(), String::new());
    assert_eq!(call(&server, &mut log).await.unwrap(), 3);
    assert_eq!(server.asked(), ["x", "xx", "xxx"]);
}

#[tokio::test(start_paused = true)]
async fn references_that_the_body_points_elsewhere_start_anew() {
    #[resilient]
    async fn call(server: &Server, mut rest: &[u8], mut out: &mut [u8]) -> Result<usize, Failure> {
        while let [first, others @ ..] = rest {
            let (place, free) = out.split_first_mut().unwrap();
            *place += first;
            (rest, out) = (others, free);
        }
        server.ask(out.len()).await
    }
    let (server, mut out) = (Server::new(), [0; 3]);
    assert_eq!(call(&server, &[1, 2], &mut out).await.unwrap(), 3);
    assert_eq!(server.asked(), ["1"; 3]);
    assert_eq!(out, [3, 6, 0]);
}

#[tokio::test(start_paused = true)]
async fn trait_objects() {
    #[resilient(by_ref(boxed))]
    async fn call(
        server: &Server,
        shown: &(dyn Display + Sync),
        log: &mut dyn Write,
        boxed: Box<dyn Fn(usize) -> usize>,
    ) -> Result<usize, Failure> {
        log.write_char('x').unwrap();
        server.ask(shown).await.map(&boxed)
    }
    let (server, mut log) = (Server::new(), String::new());
    let answer = call(&server, &5, &mut log, Box::new(|n| n * 2)).await;
    assert_eq!(answer.unwrap(), 6);
    assert_eq!(server.asked(), ["5"; 3]);
    assert_eq!(log, "xxx");
}

#[tokio::test(start_paused = true)]
async fn impl_as_ref_str() {
    #[resilient]
    async fn call(server: &Server, prompt: impl AsRef<str> + Clone) -> Result<usize, Failure> {
        server.ask(prompt.as_ref()).await
    }
    #[resilient(by_ref(prompt))]
    async fn borrowed(server: &Server, prompt: impl AsRef<str>) -> Result<usize, Failure> {
        server.ask(prompt.as_ref()).await
    }
    let server = Server::new();
    assert_eq!(call(&server, "hi").await.unwrap(), 3);
    assert_eq!(borrowed(&server, String::from("ho")).await.unwrap(), 4);
    assert_eq!(server.asked(), ["hi", "hi", "hi", "ho"]);
}

#[tokio::test(start_paused = true)]
async fn impl_fn_by_reference() {
    #[resilient(by_ref(make))]
    async fn call(server: &Server, make: impl Fn(u8) -> String) -> Result<usize, Failure> {
        server.ask(make(1)).await
    }
    /// Not `Clone`, so a closure that holds one is not either.
    struct Prefix(&'static str);
    let (server, prefix) = (Server::new(), Prefix("n"));
    let make = move |n| {
        let Prefix(text) = &prefix;
        format!("{text}{n}")
    };
    assert_eq!(call(&server, make).await.unwrap(), 3);
    assert_eq!(server.asked(), ["n1"; 3]);
}

#[tokio::test(start_paused = true)]
async fn functions_as_arguments() {
    #[resilient(by_ref(next, ask))]
    async fn call(
        pointer: fn(u8) -> u8,
        mut next: impl FnMut() -> u8,
        ask: impl AsyncFn(String) -> Result<usize, Failure>,
    ) -> Result<usize, Failure> {
        ask(format!("{}{}", pointer(1), next())).await
    }
    let (server, mut n) = (Server::new(), 0);
    let next = || {
        n += 1;
        n
    };
    let answer = call(|n| n + 1, next, async |what| server.ask(what).await).await;
    assert_eq!(answer.unwrap(), 3);
    assert_eq!(server.asked(), ["21", "22", "23"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_clone_by_reference() {
    struct Request(u8);
    type Log<'a> = &'a mut Vec<u8>;
    #[resilient(by_ref(request, log, more))]
    async fn call(
        server: &Server,
        request: Request,
        log: Log<'_>,
        mut more: Option<&mut Vec<u8>>,
    ) -> Result<usize, Failure> {
        log.push(request.0);
        if let Some(more) = &mut more {
            more.push(request.0);
        }
        server.ask(log.len()).await
    }
    let (server, mut log, mut more) = (Server::new(), vec![], vec![]);
    assert_eq!(
        call(&server, Request(7), &mut log, Some(&mut more))
            .await
            .unwrap(),
        3
    );
    assert_eq!((log, more), (vec![7; 3], vec![7; 3]));
}

#[tokio::test(start_paused = true)]
async fn types_with_lifetimes_and_counts() {
    #[resilient]
    async fn call<'a>(
        server: Arc<Server>,
        text: Cow<'_, str>,
        list: &[&'a str],
        twice: &&str,
        local: Rc<str>,
        array: [u8; 2],
    ) -> Result<&'a str, Failure> {
        let text = text.into_owned();
        server
            .ask(format!("{text}{twice}{local}{}", array.len()))
            .await?;
        Ok(list.first().copied().unwrap_or_default())
    }
    let server = Arc::new(Server::new());
    let answer = call(
        server.clone(),
        Cow::Borrowed("a"),
        &["x", "y"],
        &"b",
        "c".into(),
        [0; 2],
    );
    assert_eq!(answer.await.unwrap(), "x");
    assert_eq!(server.asked(), ["abc2"; 3]);
}

#[tokio::test(start_paused = true)]
async fn functions_that_a_macro_writes() {
    macro_rules! endpoint {
        ($name:ident($server:ident, $owned:ident: $type:ty, $log:ident: &mut $item:ty) -> $result:ty $body:block) => {
            #[resilient]
            async fn $name($server: &Server, $owned: $type, $log: &mut $item) -> $result $body
        };
    }
    endpoint!(call(server, prompt: String, log: &mut Vec<String>) -> Result<usize, Failure> {
        log.push(prompt);
        server.ask(log.len()).await
    });
    let (server, mut log) = (Server::new(), vec![]);
    assert_eq!(call(&server, "hi".to_owned(), &mut log).await.unwrap(), 3);
    assert_eq!(log, ["hi"; 3]);
}
