//! Functions of unusual forms that give a stream, and functions that go on and fail.

use super::{End, Fail, Give, Hang, Piece, Pieces, Ping, Server, Word};
use futures::{Stream, StreamExt as _, stream};
use resilient_runtime::{Class, Kept, resilient};
use resilient_tests::{Counter, Failure};
use std::{pin::Pin, time::Duration};
use tokio::time::Instant;

struct Client<'s, T> {
    server: &'s Server,
    value: T,
}

type Boxed<'b, T> = Pin<Box<dyn Stream<Item = Result<(Piece, T), Failure>> + Send + 'b>>;

impl<'s, T: Clone + Send + Sync + 's> Client<'s, T> {
    #[resilient(attempts = 2)]
    async fn captured<'a>(
        &'a self,
    ) -> Result<impl Stream<Item = Result<(Piece, T), Failure>> + Send + use<'a, 's, T>, Failure>
    {
        let value = self.value.clone();
        let pair = move |piece| (piece, value.clone());
        Ok(self.server.answer().map(move |item| item.map(pair.clone())))
    }

    #[resilient(attempts = 2, stream = true, content = |(piece, _): &(Piece, T)| piece.is_word())]
    async fn boxed(&self, (a, b): (u32, u32), mut c: u32) -> Result<Boxed<'_, T>, Failure> {
        c += a + b;
        assert_eq!(c, 6);
        Ok(Box::pin(self.captured().await?))
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_may_give_the_stream_of_another_one_with_borrowed_values() {
    let whole = &[Give(Ping), Give(Word(1)), Give(End)][..];
    let server = Server::new([&[Fail(Class::Network)], whole]);
    let (server, value) = (&server, "x");
    let client = Client { server, value };
    let stream = client.boxed((1, 2), 3).await.unwrap();
    let items: Vec<_> = stream.map(Result::unwrap).collect().await;
    assert_eq!(items, [(Ping, "x"), (Word(1), "x"), (End, "x")]);
    assert_eq!(server.requests.get(), 2);
}

trait Ask {
    async fn ask<F: Fn(u32) -> u32 + Clone>(
        &mut self,
        change: F,
    ) -> Result<impl Stream<Item = Result<u32, Failure>>, Failure>;
}

struct Asked(u32);

impl Ask for Asked {
    #[resilient(attempts = 3)]
    async fn ask<F: Fn(u32) -> u32 + Clone>(
        &mut self,
        change: F,
    ) -> Result<impl Stream<Item = Result<u32, Failure>>, Failure> {
        self.0 += 1;
        Ok(stream::iter(match self.0 {
            1 => vec![Err(Failure::of(Class::Network))],
            number => vec![Ok(change(number)), Ok(7)],
        }))
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_of_a_trait_with_a_closure_gives_a_stream() {
    let mut asked = Asked(0);
    let stream = asked.ask(|number| number * 10).await.unwrap();
    let items: Vec<_> = stream.map(Result::unwrap).collect().await;
    assert_eq!(items, [20, 7]);
}

#[resilient(
    timeout = "5s",
    first = "10s",
    idle = "10s",
    content = Piece::is_word,
    resume(again, max = 2)
)]
async fn ask(
    server: &Server,
    _: &Counter,
) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
    Ok(server.answer())
}

/// Fails at first.
#[expect(clippy::unused_async, reason = "a real one opens a connection")]
async fn again(server: &Server, calls: &Counter, _: Failure, _: Kept) -> Result<Pieces, Failure> {
    match calls.count() {
        1 => Err(Failure::of(Class::Network)),
        _ => Ok(server.answer()),
    }
}

#[tokio::test(start_paused = true)]
async fn a_function_that_goes_on_and_fails_is_called_again_within_its_limit() {
    let (server, calls) = (
        Server::new([&[Give(Word(1)), Fail(Class::Network)], &[Give(Word(2))][..]]),
        Counter::new(),
    );
    let stream = ask(&server, &calls).await.unwrap();
    let items: Vec<_> = stream.map(Result::unwrap).collect().await;
    assert_eq!(items, [Word(1), Word(2)]);
    assert_eq!((server.requests.get(), calls.get()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn streams_that_all_hang_are_each_cut_and_end_with_one_error() {
    let (server, calls) = (
        Server::new([&[Give(Word(1)), Give(Ping), Hang], &[Give(Ping), Hang][..]]),
        Counter::new(),
    );
    let start = Instant::now();
    let mut stream = Box::pin(ask(&server, &calls).await.unwrap());
    let items: Vec<_> = stream.by_ref().collect().await;
    assert!(stream.next().await.is_none());
    assert_eq!(items.iter().filter(|item| item.is_err()).count(), 1);
    let error = items.last().unwrap().as_ref().unwrap_err();
    assert_eq!(error.history().attempts.len(), 3);
    assert_eq!(start.elapsed(), Duration::from_secs(20));
}
