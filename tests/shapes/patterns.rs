//! Patterns instead of argument names.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests")]

use resilient_runtime::resilient;
use resilient_shapes::{Failure, Server};

#[derive(Clone)]
struct Point {
    x: String,
    y: u8,
}

#[derive(Clone)]
struct Id(String);

#[tokio::test(start_paused = true)]
async fn a_tuple() {
    #[resilient]
    async fn call(server: &Server, (mut a, b): (String, u8)) -> Result<String, Failure> {
        a.push('!');
        server.ask(format!("{a}{b}")).await?;
        Ok(a)
    }
    let server = Server::new();
    assert_eq!(call(&server, ("hi".to_owned(), 1)).await.unwrap(), "hi!");
    assert_eq!(server.asked(), ["hi!1"; 3]);
}

#[tokio::test(start_paused = true)]
async fn structs() {
    #[resilient]
    async fn call(
        server: &Server,
        Point { x, y: height }: Point,
        Id(id): Id,
        Point { y, .. }: &Point,
    ) -> Result<String, Failure> {
        server.ask(format!("{x}{height}{id}{y}")).await?;
        Ok(x)
    }
    let (server, point) = (
        Server::new(),
        Point {
            x: "p".to_owned(),
            y: 2,
        },
    );
    assert_eq!(
        call(&server, point.clone(), Id("id".to_owned()), &point)
            .await
            .unwrap(),
        "p"
    );
    assert_eq!(server.asked(), ["p2id2"; 3]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_named_need_not_be_clone() {
    struct Opaque;
    #[resilient]
    async fn call(_: Opaque, server: &Server, _: &mut Opaque) -> Result<usize, Failure> {
        server.ask("hi").await
    }
    let server = Server::new();
    assert_eq!(call(Opaque, &server, &mut Opaque).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn through_references() {
    #[resilient]
    async fn call(
        server: &Server,
        &(a, b): &(u8, u8),
        [first, ..]: &[u8; 2],
        (left, right): &mut (u8, String),
    ) -> Result<usize, Failure> {
        *left += a;
        right.push('x');
        server.ask(format!("{b}{first}{left}{right}")).await
    }
    let (server, mut pair) = (Server::new(), (0, String::new()));
    assert_eq!(call(&server, &(1, 2), &[3, 4], &mut pair).await.unwrap(), 3);
    assert_eq!(server.asked(), ["231x", "232xx", "233xxx"]);
    assert_eq!(pair, (3, "xxx".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn arrays_bindings_and_ref() {
    #[resilient]
    async fn call(
        server: &Server,
        [a, b]: [u8; 2],
        whole @ (c, _): (u8, u8),
        ref kept: String,
        ref mut changed: String,
    ) -> Result<usize, Failure> {
        changed.push('x');
        server
            .ask(format!("{a}{b}{c}{}{kept}{changed}", whole.1))
            .await
    }
    let server = Server::new();
    let answer = call(&server, [1, 2], (3, 4), "k".to_owned(), "c".to_owned());
    assert_eq!(answer.await.unwrap(), 3);
    assert_eq!(server.asked(), ["1234kcx"; 3]);
}

#[tokio::test(start_paused = true)]
async fn raw_names() {
    #[resilient]
    async fn r#match(server: &Server, r#type: String, mut r#fn: u8) -> Result<usize, Failure> {
        r#fn += 1;
        server.ask(format!("{type}{fn}")).await
    }
    let server = Server::new();
    assert_eq!(r#match(&server, "t".to_owned(), 1).await.unwrap(), 3);
    assert_eq!(server.asked(), ["t2"; 3]);
}
