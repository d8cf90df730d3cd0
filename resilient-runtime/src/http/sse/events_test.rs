//! Bodies in chunks of any size: every cut, large events, events without end.

use super::{
    JsonEvents, ServerEvent,
    events::Events,
    source::{Head, Source},
};
use crate::{ApiError, Class};
use ::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use futures_core::Stream;
use serde_json::Value;
use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

/// The chunks of an iterator, without a wait.
struct Chunks<I>(I);

impl<I: Iterator<Item = Bytes> + Send + Sync> Source for Chunks<I> {
    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, ApiError>>> {
        Poll::Ready(self.0.next().map(Ok))
    }
}

fn events<I>(chunks: I) -> Events
where
    I: IntoIterator<Item = Bytes, IntoIter: Send + Sync + 'static>,
{
    let head = Head {
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        url: "https://api.example.com/v1".to_owned(),
        asked: None,
    };
    Events::new(head, Box::new(Chunks(chunks.into_iter())))
}

/// The next item, after as many polls as it takes.
fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(item) = pin!(&mut *stream).poll_next(&mut context) {
            return item;
        }
    }
}

/// The events, and the class of the failure that ends them.
fn all(mut events: Events) -> (Vec<ServerEvent>, Option<Class>) {
    let mut found = Vec::new();
    while let Some(item) = next(&mut events) {
        match item {
            Ok(event) => found.push(event),
            Err(error) => {
                assert!(next(&mut events).is_none(), "a failure is the last item");
                return (found, Some(error.failure().class));
            }
        }
    }
    assert!(next(&mut events).is_none());
    (found, None)
}

fn pieces(body: &[u8], cuts: [usize; 2]) -> Vec<Bytes> {
    let [first, second] = cuts;
    let pieces = [
        body.get(..first),
        body.get(first..second),
        body.get(second..),
    ];
    let pieces = pieces.map(|piece| Bytes::copy_from_slice(piece.unwrap_or_default()));
    pieces.into_iter().collect()
}

#[test]
fn f182_a_byte_order_mark_does_not_hide_the_first_event() {
    for start in [
        "data: one\n\n",
        ": comment\n\ndata: one\n\n",
        "\n\ndata: one\n\n",
    ] {
        let body = format!("\u{feff}{start}");
        for cut in 0..5 {
            let (found, failure) = all(events(pieces(body.as_bytes(), [cut, 5])));
            assert_eq!(failure, None, "{body:?}");
            assert_eq!(found, [ServerEvent::new("message", "one")], "{body:?}");
        }
    }
}

#[test]
fn f185_line_ends_and_characters_that_are_cut_between_chunks_lose_nothing() {
    let lines = "event: größe\ndata: h\u{e9}\u{1f600}\ndata\ndata:  x\nignored: y\nretry: 5\n\n\
                 data:two\n\n: comment\n\nempty: z\n\n";
    let expected = [
        ServerEvent::new("größe", "h\u{e9}\u{1f600}\n\n x"),
        ServerEvent::new("message", "two"),
    ];
    for end in ["\n", "\r", "\r\n"] {
        let body = lines.replace('\n', end);
        for first in 0..body.len() {
            for second in first..body.len() {
                let (found, failure) = all(events(pieces(body.as_bytes(), [first, second])));
                assert_eq!(failure, None, "{first} {second} {end:?}");
                assert_eq!(found, expected, "{first} {second} {end:?}");
            }
        }
    }
}

#[test]
fn an_event_is_there_with_its_last_byte() {
    // The line feed after the second CR may come much later.
    let mut events = events([Bytes::from_static(b"data: one\r\n\r")]);
    let mut context = Context::from_waker(Waker::noop());
    let polled = pin!(&mut events).poll_next(&mut context);
    assert!(matches!(polled, Poll::Ready(Some(Ok(event))) if event.data() == "one"));
}

#[test]
fn bytes_that_are_no_text_are_replaced() {
    let (found, failure) = all(events([Bytes::from_static(b"data: a\xffb\n\n")]));
    assert_eq!(
        (found, failure),
        (vec![ServerEvent::new("message", "a\u{fffd}b")], None)
    );
}

#[test]
fn f184_a_body_that_ends_within_an_event_is_no_clean_end() {
    let whole = ": comment\nevent: delta\ndata: {\"text\": \"hello\"}\n\n";
    let first = "data: one\n\n";
    let begins = whole.find("event").unwrap_or_default();
    let complete = whole.find("}\n").unwrap_or_default();
    for end in ["\n", "\r", "\r\n"] {
        let (first, whole) = (first.replace('\n', end), whole.replace('\n', end));
        let begins = begins + end.len() - 1;
        let complete = complete + 2 * (end.len() - 1) + 1;
        for cut in begins + 1..whole.len() {
            let body = format!("{first}{}", whole.get(..cut).unwrap_or_default());
            let (found, failure) = all(events([Bytes::from(body.clone())]));
            let (expected, class) = if cut >= complete {
                // The data shows that it is complete.
                (2, None)
            } else {
                (1, Some(Class::Network))
            };
            assert_eq!((found.len(), failure), (expected, class), "{body:?}");
        }
    }
}

#[test]
fn a_last_event_without_an_empty_line_counts_if_it_is_complete() {
    for (rest, expected) in [
        ("data: [DONE]", Ok("[DONE]")),
        ("data: [DONE]\r\n", Ok("[DONE]")),
        ("data: {\"a\":\ndata: 1}", Ok("{\"a\":\n1}")),
        (
            "data: {\"error\": \"overloaded_error\"}",
            Err(Class::Overloaded),
        ),
        ("data: some text", Err(Class::Network)),
        ("data: 12", Err(Class::Network)),
        ("data: {\"a\": \n", Err(Class::Network)),
        ("event: delta\n", Err(Class::Network)),
        ("dat", Err(Class::Network)),
    ] {
        let body = format!("data: one\n\n{rest}");
        let (found, failure) = all(events([Bytes::from(body)]));
        match expected {
            Ok(data) => {
                assert_eq!(found.last().map(ServerEvent::data), Some(data), "{rest}");
                assert_eq!(failure, None, "{rest}");
            }
            Err(class) => assert_eq!((found.len(), failure), (1, Some(class)), "{rest}"),
        }
    }
}

#[test]
fn f194_an_item_of_ten_megabytes_leaves_no_room_behind() {
    const SIZE: usize = 10 * 1024 * 1024;
    let large = [
        &b"data: "[..],
        &vec![b'x'; SIZE],
        b"\n\ndata: small\n\ndata: small\n\n",
    ]
    .concat();
    let large = Bytes::from(large);
    let chunks = (0..large.len()).step_by(1400);
    let chunks: Vec<Bytes> = chunks
        .map(|from| large.slice(from..large.len().min(from + 1400)))
        .collect();
    let (found, failure) = all(events(chunks));
    assert_eq!(failure, None);
    let sizes: Vec<usize> = found.iter().map(|event| event.data().len()).collect();
    assert_eq!(sizes, [SIZE, 5, 5]);
    for small in found.into_iter().skip(1) {
        let room = small.into_data().capacity();
        assert!(room <= 64 * 1024, "{room}");
    }
}

#[test]
fn f194_an_item_without_end_is_given_up_at_its_limit() {
    for start in ["data: ", "event: ", "id: ", "data: x\ndata: "] {
        let read = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&read);
        let chunk = Bytes::from(vec![b'x'; 1024 * 1024]);
        let endless = std::iter::repeat_with(move || {
            counter.fetch_add(1, Ordering::Relaxed);
            chunk.clone()
        });
        let start = Bytes::from(start);
        let (found, failure) = all(events(std::iter::once(start).chain(endless)));
        assert_eq!((found.len(), failure), (0, Some(Class::Decode)));
        assert!(read.load(Ordering::Relaxed) <= 65);
    }
}

#[test]
fn a_million_events_are_read() {
    let events_of_chunk = "data: {\"n\": 1}\n\n".repeat(100);
    let chunk = Bytes::from(events_of_chunk);
    let mut events = JsonEvents::<Value>::new(events(std::iter::repeat_n(chunk, 10_000)));
    let mut count = 0;
    while let Some(item) = next(&mut events) {
        count += usize::from(item.is_ok());
    }
    assert_eq!(count, 1_000_000);
}

#[test]
fn a_server_that_sends_keep_alives_only_does_not_hold_the_thread() {
    for keep_alive in [": keep-alive\n\n", "retry: 9\n", "id: 1\n\n"] {
        let chunk = Bytes::from(keep_alive);
        let mut events = events(std::iter::repeat(chunk));
        let mut context = Context::from_waker(Waker::noop());
        assert!(pin!(&mut events).poll_next(&mut context).is_pending());
    }
    let ping = Bytes::from_static(b"event: ping\ndata: pong\n\n");
    let mut events = JsonEvents::<Value>::new(events(std::iter::repeat(ping)));
    let mut context = Context::from_waker(Waker::noop());
    assert!(pin!(&mut events).poll_next(&mut context).is_pending());
}

#[test]
fn an_error_between_events_counts_without_its_field() {
    let error = "{\"error\": {\"code\": 503, \"status\": \"UNAVAILABLE\",\n \"message\": \"x\"}}\n";
    let event = "data: {\"text\": \"hi\"}\r\n\r\n";
    let body = format!("{event}{error}");
    for cut in event.len() - 1..body.len() {
        let (found, failure) = all(events(pieces(body.as_bytes(), [cut, body.len()])));
        let expected = (1, Some(Class::Overloaded));
        assert_eq!((found.len(), failure), expected, "{cut}");
    }
}

#[test]
fn streams_can_be_sent_shared_and_moved() {
    fn is_free<T: Send + Sync + Unpin + 'static>(_: &T) {}
    let events = events([]);
    is_free(&events);
    is_free(&JsonEvents::<std::cell::Cell<u8>>::new(events));
}
