//! Chains of sources whose links are of many kinds.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "test code fails loudly"
)]

use resilient_runtime::{Class, Classify};
use std::{
    error::Error,
    fmt, io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

type Boxed = Box<dyn Error + Send + Sync>;

/// A link that counts how often it is asked for its source.
#[derive(Debug)]
struct Counted(Boxed, Arc<AtomicUsize>);

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("counted")
    }
}

impl Error for Counted {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Some(&*self.0)
    }
}

#[derive(Debug)]
struct Unknown;

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown")
    }
}

impl Error for Unknown {}

/// What an error can be held by. The last four are errors of clients, which classify themselves
/// by their source.
const KINDS: [fn(Boxed) -> Boxed; 8] = [
    |inner| io::Error::other(inner).into(),
    |inner| Box::new(Arc::<dyn Error + Send + Sync>::from(inner)),
    |inner| Box::new(Arc::new(io::Error::other(inner))),
    |inner| Box::new(Box::new(io::Error::other(inner))),
    |inner| redis::RedisError::from(io::Error::other(inner)).into(),
    |inner| tonic::ConnectError(inner).into(),
    |inner| tonic::Status::from_error(inner).into(),
    |inner| sqlx::Error::Io(io::Error::other(inner)).into(),
];

/// A chain of `links`, whose kinds follow each other as the digits of `shape`.
fn chain(last: Boxed, links: usize, shape: usize, asked: &Arc<AtomicUsize>) -> Boxed {
    let digits = [shape & 7, shape >> 3 & 7, shape >> 6];
    (0..links).fold(last, |inner, link| {
        let held = KINDS[digits[link % 3]](inner);
        Box::new(Counted(held, Arc::clone(asked)))
    })
}

/// Each link is asked once by the walk, and by each message whose text needs the innermost error.
const QUESTIONS: usize = 6;

#[test]
fn f166_a_chain_of_any_shape_is_followed_once() {
    for shape in 0..KINDS.len().pow(3) {
        for links in [3, 12, 24, 200] {
            let asked = Arc::new(AtomicUsize::new(0));
            let error = chain(Box::new(Unknown), links, shape, &asked);
            asked.store(0, Ordering::Relaxed);
            let _ = error.classify();
            let asked = asked.load(Ordering::Relaxed);
            // The bound of a chain is 64 errors.
            assert!(
                asked <= QUESTIONS * links.min(64),
                "shape {shape:o} of {links} links: {asked} questions"
            );
        }
    }
}

#[test]
fn f166_the_innermost_error_is_found_in_a_chain_of_any_shape() {
    for shape in 0..KINDS.len().pow(3) {
        let asked = Arc::default();
        let last = io::Error::from(io::ErrorKind::TimedOut);
        let error = chain(last.into(), 9, shape, &asked);
        assert_eq!(error.classify().class, Class::Timeout, "shape {shape:o}");
    }
}
