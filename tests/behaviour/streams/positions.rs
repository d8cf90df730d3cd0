//! A fault at any position: before the first content nobody sees it, after it nothing comes twice.

use super::{End, Fail, Give, Hang, Piece, Ping, Server, Step, Word};
use futures::{Stream, StreamExt as _};
use proptest::prelude::*;
use resilient_runtime::{Class, resilient};
use resilient_tests::{Failure, in_paused_time};

#[resilient(
    attempts = 4,
    timeout = "10s",
    first = "30s",
    idle = "20s",
    content = Piece::is_word,
    last = Piece::is_end
)]
async fn ask(server: &Server) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
    Ok(server.answer())
}

/// Pings, words and the end, with a fault in the place of the step `at`.
fn script(pings: usize, words: u32, at: usize, fault: u8) -> Vec<Step> {
    let mut script: Vec<Step> = std::iter::repeat_n(Give(Ping), pings)
        .chain((0..words).map(|n| Give(Word(n))))
        .chain([Give(End)])
        .collect();
    if at < script.len() {
        script.truncate(at);
        script.extend(match fault {
            0 => Some(Fail(Class::Overloaded)),
            1 => Some(Fail(Class::Network)),
            2 => Some(Hang),
            // It just ends.
            _ => None,
        });
    }
    script
}

proptest! {
    #[test]
    fn f224_a_failed_stream_is_seen_once_before_its_content_and_never_twice_after_it(
        pings in 0_usize..5,
        words in 1_u32..6,
        faults in prop::collection::vec((0_usize..14, 0_u8..4), 3),
    ) {
        let mut scripts = faults.iter().map(|(at, fault)| script(pings, words, *at, *fault));
        let [a, b, c] = std::array::from_fn(|_| scripts.next().unwrap());
        let good = script(pings, words, usize::MAX, 0);
        let server = Server::new([&a, &b, &c, &good]);
        let items: Vec<_> = in_paused_time(async {
            ask(&server).await.unwrap().collect().await
        });
        // The first one that has content, or all of it.
        let begins = faults.iter().position(|(at, _)| *at > pings).unwrap_or(3);
        prop_assert_eq!(server.requests.get() as usize, begins + 1);
        let (at, _) = faults.get(begins).copied().unwrap_or((usize::MAX, 0));
        let given = good.len().min(at);
        let expected = good.iter().take(given).map(|step| match step {
            Give(piece) => *piece,
            _ => unreachable!(),
        });
        let seen: Vec<Piece> = items.iter().filter_map(|it| it.as_ref().ok().copied()).collect();
        prop_assert_eq!(seen, expected.collect::<Vec<_>>());
        prop_assert_eq!(items.len(), given + usize::from(given < good.len()));
    }
}
