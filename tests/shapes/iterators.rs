//! An `impl Iterator` as an argument: each attempt has all of its items.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests")]

use resilient_runtime::{Backoff, Policy, resilient};
use resilient_shapes::{Failure, Server};
use std::{
    iter::from_fn,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

#[tokio::test(start_paused = true)]
async fn f176_an_iterator_gives_its_items_to_every_attempt() {
    #[resilient]
    async fn call<'a, I>(
        server: &Server,
        ids: impl Iterator<Item = u8>,
        mut names: I,
    ) -> Result<usize, Failure>
    where
        I: Iterator<Item = &'a str> + Send,
    {
        assert_eq!(names.size_hint(), (2, Some(2)));
        let first = names.next().unwrap();
        let mut text = first.to_owned();
        for id in ids {
            text += &id.to_string();
        }
        text.extend(names);
        server.ask(text).await
    }
    let server = Server::new();
    let mut left = 2;
    // Neither `Clone` nor restartable.
    let ids = from_fn(|| {
        left -= 1;
        (left >= 0).then_some(left)
    });
    let ids = ids.map(|n: i32| u8::try_from(n).unwrap());
    let answer = call(&server, ids, ["a", "b"].into_iter()).await;
    assert_eq!(answer.unwrap(), 3);
    assert_eq!(server.asked(), ["a10b"; 3]);
}

#[tokio::test(start_paused = true)]
async fn f176_an_iterator_without_end_is_read_as_far_as_the_body_reads_it() {
    #[resilient]
    async fn call(server: &Server, mut ids: impl Iterator<Item = usize>) -> Result<usize, Failure> {
        let first = ids.next().unwrap();
        let asked = server.ask(first).await?;
        // Only the last attempt gets here.
        Ok(asked + ids.take(2).sum::<usize>())
    }
    let (server, count) = (Server::new(), AtomicUsize::new(0));
    let ids = from_fn(|| Some(count.fetch_add(1, Ordering::Relaxed)));
    assert_eq!(call(&server, ids).await.unwrap(), 6);
    assert_eq!(server.asked(), ["0"; 3]);
    assert_eq!(count.load(Ordering::Relaxed), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f176_an_iterator_keeps_the_future_send_and_static() {
    const AT_ONCE: Policy = Policy::new().backoff(Backoff::fixed(Duration::ZERO));
    #[resilient(policy = AT_ONCE)]
    async fn call(
        server: Arc<Server>,
        ids: impl Iterator<Item = u8> + Send + 'static,
    ) -> Result<usize, Failure> {
        let ids: Box<dyn Iterator<Item = u8> + Send> = Box::new(ids);
        server.ask(1).await.map(|n| n + ids.count())
    }
    let task = tokio::spawn(call(Arc::default(), vec![1, 2].into_iter()));
    assert_eq!(task.await.unwrap().unwrap(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_hedge_and_a_fallback_have_all_items_too() {
    async fn other(items: impl Iterator<Item = u8>, _: Failure) -> Result<usize, Failure> {
        Ok(items.count())
    }
    #[resilient(attempts = 2, hedge(after = "1s"), fallback = other)]
    async fn call(mut items: impl Iterator<Item = u8>) -> Result<usize, Failure> {
        let _ = items.next();
        Err(Failure::Server)
    }
    assert_eq!(call([1, 2, 3].into_iter()).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn f217_an_into_iterator_without_end_is_read_as_far_as_the_body_reads_it() {
    #[resilient]
    async fn call<I>(
        server: &Server,
        ids: impl IntoIterator<Item = u8>,
        rest: I,
    ) -> Result<usize, Failure>
    where
        I: IntoIterator<Item = usize>,
        I::IntoIter: Send,
    {
        let first = ids.into_iter().next().unwrap();
        let second = rest.into_iter().nth(1).unwrap();
        server.ask(format!("{first}{second}")).await
    }
    let server = Server::new();
    assert_eq!(call(&server, std::iter::repeat(1), 0..).await.unwrap(), 3);
    assert_eq!(server.asked(), ["11"; 3]);
}

#[tokio::test(start_paused = true)]
async fn an_into_iterator_whose_iterator_is_bounded_has_the_iterator_of_a_vec() {
    #[resilient]
    async fn call<I>(server: &Server, ids: I) -> Result<usize, Failure>
    where
        I: IntoIterator<Item = u8>,
        I::IntoIter: ExactSizeIterator + DoubleEndedIterator,
    {
        let ids = ids.into_iter();
        server.ask(format!("{}{:?}", ids.len(), ids.last())).await
    }
    let server = Server::new();
    assert_eq!(call(&server, [1, 2]).await.unwrap(), 3);
    assert_eq!(server.asked(), ["2Some(2)"; 3]);
}

/// `Send`, while its iterator is not.
struct Numbers;

impl IntoIterator for Numbers {
    type Item = u8;
    type IntoIter = NotSend;

    fn into_iter(self) -> NotSend {
        NotSend(std::rc::Rc::default())
    }
}

struct NotSend(std::rc::Rc<std::cell::Cell<u8>>);

impl Iterator for NotSend {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        self.0.set(self.0.get() + 1);
        Some(self.0.get()).filter(|n| *n < 4)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_into_iterator_keeps_the_future_send_also_if_its_iterator_is_not() {
    const AT_ONCE: Policy = Policy::new().backoff(Backoff::fixed(Duration::ZERO));
    #[resilient(policy = AT_ONCE)]
    async fn of_a_bound(
        server: Arc<Server>,
        ids: impl IntoIterator<Item = u8> + Send,
    ) -> Result<usize, Failure> {
        let text: Vec<u8> = ids.into_iter().collect();
        server.ask(format!("{text:?}")).await
    }
    let task = tokio::spawn(of_a_bound(Arc::default(), Numbers));
    assert_eq!(task.await.unwrap().unwrap(), 3);
}

/// Not `Clone`.
struct Name(&'static str);

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        self.0
    }
}

#[tokio::test(start_paused = true)]
async fn f218_items_that_a_reference_may_stand_for_need_not_be_clone() {
    #[resilient]
    async fn call(
        server: &Server,
        names: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<usize, Failure> {
        let mut text = String::new();
        for name in names {
            text += name.as_ref();
        }
        server.ask(text).await
    }
    let server = Server::new();
    assert_eq!(call(&server, [Name("a"), Name("b")]).await.unwrap(), 3);
    assert_eq!(server.asked(), ["ab"; 3]);
    assert_eq!(call(&server, ["c"]).await.unwrap(), 4);
}
