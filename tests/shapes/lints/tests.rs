//! Runs the functions.

use super::{methods::*, shared::*, *};
use core::iter::once;
use std::sync::Arc;

#[tokio::test(start_paused = true)]
async fn shapes_without_lints_are_repeated() -> Result<(), Failure> {
    let log = &mut Vec::new();
    assert_eq!(no_arguments().await?, 3);
    let text = || "x".to_owned();
    assert_eq!(
        arguments(&Server::new(), text(), 1, log, &[1, 2], 0, text()).await?,
        "x"
    );
    let point = Point { x: 1, y: 2 };
    assert_eq!(
        patterns(&Server::new(), (1, 2), point, &(3, 4), [5, 6]).await?,
        3
    );
    unit(&Server::new(), (), true).await?;
    assert_eq!(everything(&Server::new(), text(), 1).await?, 3);
    let (own, backoff) = (Policy::DEFAULT, Backoff::DEFAULT);
    assert_eq!(policy(&Server::new(), own, backoff, "m").await?, 3);
    let server = Server::new();
    let (count, kept) = generic::<_, _, 3>(&server, 1_u8, "kept", |n| *n).await?;
    assert_eq!((count.to_string(), kept), ("3".to_owned(), "kept"));
    assert_eq!(future(&Server::new()).await?, 3);
    assert_eq!(boxed(&Server::new(), text()).await?, 3);

    let client = Client::default;
    assert_eq!(client().shared(text()).await?, "x3");
    assert_eq!(client().mutable().await?, 3);
    assert_eq!(client().moved().await?, 3);
    assert_eq!(client().owned(log, vec![1]).await?, [0_u8; 0]);
    assert_eq!(Arc::new(client()).pointer().await?, 3);
    assert_eq!(client().ask(text()).await?, 3);
    assert_eq!(client().ask_mut(text(), 1).await?, 3);

    let shared = Shared::default;
    assert_eq!(shared().key(text()).await?, 3);
    assert_eq!(shared().hedged(text(), (1, 2), 3).await?, 3);
    assert!(shared().by_some_classes().await.is_err());
    assert_eq!(shared().by_class(&mut Vec::new()).await?, 2);
    assert_eq!(limits(&Server::new()).await?, 3);
    Ok(())
}

/// The expectations in that module are met only if no lint is lost.
#[tokio::test(start_paused = true)]
async fn f165_functions_keep_the_lints_of_their_author() -> Result<(), Failure> {
    assert_eq!(kept::Named(1).again(&Server::new()).await?.0, 1);
    assert_eq!(kept::reachable(&Server::new()).await?, 3);
    assert_eq!(parts::passed_on(&Server::new(), 1_u8, 2_u8).await?, 4);
    assert_eq!(kept::made(&Server::new()).await?, 3);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn patterns_and_iterators_without_lints_are_repeated() -> Result<(), Failure> {
    use super::parts::{Json, Token, by_ref, iterators, patterns};

    let log = &mut Vec::new();
    let tuple = (Token(1), 2, &mut *log, Token(3));
    let answer = patterns(&Server::new(), tuple, Json(Token(4))).await?;
    assert_eq!((answer, &log[..]), (3, &[4, 4, 4][..]));
    let names = once("x".to_owned());
    assert_eq!(iterators(&Server::new(), 1..3, names).await?, 3);
    assert_eq!(by_ref(&Server::new(), 1).await?, 1);
    assert_eq!(Token(7).send(&Server::new()).await?, 7);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn f210_what_is_lent_causes_no_lint_where_it_is_bound_again_or_dropped() -> Result<(), Failure>
{
    use super::parts::{Kept, bound_again, optional};

    let server = Server::new();
    assert_eq!(bound_again(&server, || 7, "x").await?, 3);
    assert_eq!(server.asked(), ["7x"; 3]);
    assert_eq!(Kept(1_u8).read(&Server::new()).await?, 3);
    let other = Server::new();
    let answer = optional(&other, Some([1]), Some("a"), Some("b"));
    assert_eq!(answer.await?, 3);
    Ok(())
}
