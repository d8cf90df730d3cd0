//! Functions that give a stream, against llmock's faults of streams and wiremock's of connections:
//! before the first content they are retried, after it they are one last item.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    reason = "test code fails loudly"
)]

mod llmock;
mod openai;
mod wiremock;

use futures::{Stream, StreamExt as _};
use resilient_runtime::{Backoff, Budget, Class, Classify, History, Policy};
use serde_json::{Value, json};
use std::{fmt::Debug, time::Duration};

/// Long enough for an answer that arrives.
const IN_TIME: Duration = Duration::from_secs(2);

const QUICK: Policy = Policy::new()
    // Most calls here fail, and all share the budgets of their call sites.
    .budget(Budget::NONE)
    .attempts(3)
    .timeout(IN_TIME)
    .first(IN_TIME)
    .idle(IN_TIME)
    // The verdict ignores waits below 50 ms.
    .backoff(Backoff::fixed(Duration::from_millis(60)));

/// The items, and the failure at the call or at the end of its stream.
struct Answer<E> {
    items: usize,
    failure: Option<E>,
}

impl<E: Classify + Debug> Answer<E> {
    async fn of<T>(result: Result<impl Stream<Item = Result<T, E>>, E>) -> Self {
        let stream = match result {
            Ok(stream) => stream,
            Err(error) => {
                return Self {
                    items: 0,
                    failure: Some(error),
                };
            }
        };
        let (mut items, mut failure) = (0, None);
        let mut stream = std::pin::pin!(stream);
        while let Some(item) = stream.next().await {
            assert!(failure.is_none(), "a failure is the last item");
            match item {
                Ok(_) => items += 1,
                Err(error) => failure = Some(error),
            }
        }
        Self { items, failure }
    }

    /// Asserts that the stream broke after its first content, for this cause.
    fn assert_broken(&self, history: fn(&E) -> &History, cause: Class, about: &str) {
        let failure = self.failure.as_ref();
        let failure = failure.unwrap_or_else(|| panic!("{about}: {} items", self.items));
        assert_eq!(failure.classify().class, Class::StreamBroken, "{about}");
        assert!(self.items > 0, "{about}");
        let last = history(failure).attempts.last().unwrap();
        assert_eq!(last.class, cause, "{about}: {last}");
    }
}

fn fault(kind: &str, after_chunks: u32) -> Value {
    json!([{
        "type": "stream_fault", "kind": kind, "after_chunks": after_chunks, "stall_seconds": 600,
    }])
}

const KINDS: [(&str, Class); 3] = [
    ("disconnect", Class::Network),
    ("truncate", Class::Network),
    ("stall", Class::Timeout),
];
