//! The runtime's race of runs, and as much of what is around it as it asks for.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "a model uses a part of what it includes"
)]

use std::time::Duration;

#[path = "../../resilient-runtime/src/hedge/race.rs"]
mod race;

pub(crate) use race::Race;

#[derive(Debug)]
pub struct Hedge {
    pub(crate) max: u32,
}

impl Hedge {
    pub(crate) fn race<E, F, B>(&self, extra: E, body: B) -> Race<'_, E, B, F>
    where
        E: crate::upstream::Extra,
        B: FnMut() -> F,
        F: Future<Output: plan::Outcome>,
    {
        Race::new(self, extra, body)
    }

    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "as in the runtime"
    )]
    fn delay(&self) -> Option<Duration> {
        Some(Duration::from_secs(1))
    }

    #[expect(clippy::unused_self, reason = "as in the runtime")]
    fn ended(&self, _: Duration) {}
}

pub(crate) mod event {
    pub(crate) fn hedging(_: u32) {}
}

pub(crate) mod plan {
    pub trait Outcome {
        type Ok;
        type Error;
        fn as_result(&self) -> Result<&Self::Ok, &Self::Error>;
    }

    impl<T, E> Outcome for Result<T, E> {
        type Ok = T;
        type Error = E;

        fn as_result(&self) -> Result<&T, &E> {
            self.as_ref()
        }
    }
}
