//! The outcomes of a script.

use crate::{
    call::injection::{Injected, Value},
    testing::server::{self, Answer, fail},
};
use std::{any::type_name, fmt, time::Duration};

/// One outcome of a [`script`](super::script). The [module](super) has a table of all.
#[must_use = "an outcome takes place only if a script has it"]
pub struct Scripted {
    kind: Kind,
    /// For how many attempts it still is; at least one.
    pub(super) times: usize,
}

enum Kind {
    Answer(Answer),
    /// None once it is used.
    Value(Option<Value>),
    Body,
}

/// Succeeds with this value, whose type is exactly that of the success.
pub fn ok<T: Send + 'static>(value: T) -> Scripted {
    of_value(value, true)
}

/// Fails with this error, whose type is exactly that of the error.
pub fn error<E: Send + 'static>(error: E) -> Scripted {
    of_value(error, false)
}

fn of_value<V: Send + 'static>(value: V, is_ok: bool) -> Scripted {
    Scripted {
        kind: Kind::Value(Some(Value {
            is_ok,
            any: Box::new(value),
            name: type_name::<V>(),
        })),
        times: 1,
    }
}

/// Fails as with a response of this status, without a body.
///
/// # Panics
/// Panics if `status` is not an HTTP status from 400 to 999.
#[track_caller]
pub fn status(status: u16) -> Scripted {
    answer(server::status(status))
}

/// Fails as with a 429 that asks the client to wait.
#[track_caller]
pub fn retry_after(wait: Duration) -> Scripted {
    answer(server::status(429).retry_after(wait))
}

/// Fails as with this answer of a [`FaultyServer`](super::super::FaultyServer), such as one of a
/// real provider.
///
/// Status, headers and body are classified with the feature `http`; without it, only the status and
/// the wait of [`Answer::retry_after`].
///
/// ```
/// use resilient_runtime::testing::{script::answer, server::{openai, status}};
///
/// let outcomes = [
///     answer(openai::rate_limited().times(2)),
///     answer(status(529).header("x-should-retry", "false")),
/// ];
/// # drop(outcomes);
/// ```
///
/// # Panics
/// Panics if the answer is no failure, or one that depends on time or on the request: a delay, a
/// body that does not end.
#[track_caller]
pub fn answer(answer: Answer) -> Scripted {
    if let Err(reason) = answer.as_failure() {
        fail(&format!("`{answer}` cannot be scripted: {reason}"));
    }
    let times = answer.times_left();
    Scripted {
        kind: Kind::Answer(answer.times(1)),
        times,
    }
}

/// Fails as with a connection that the server resets after it has taken the request.
pub fn reset() -> Scripted {
    answer(server::reset())
}

/// Runs the body.
pub fn body() -> Scripted {
    Scripted {
        kind: Kind::Body,
        times: 1,
    }
}

/// Never ends: the attempt ends by its timeout.
pub fn hang() -> Scripted {
    answer(server::hang())
}

impl Scripted {
    /// Is the outcome of so many attempts.
    ///
    /// # Panics
    /// Panics if `times` is zero, or for a value, which there is only once.
    #[track_caller]
    pub fn times(mut self, times: usize) -> Self {
        if times == 0 {
            fail("an outcome is for at least one attempt: `times(0)` has to go, or the outcome");
        }
        if matches!(self.kind, Kind::Value(_)) && times > 1 {
            fail("`times` is not for `ok(..)` and `error(..)`: each attempt needs a value");
        }
        self.times = times;
        self
    }

    /// What is injected. A value is there once.
    pub(super) fn injected(&mut self) -> Injected {
        let unknown = || Injected::Mistake("the outcome of a script was used twice".to_owned());
        match &mut self.kind {
            Kind::Value(value) => value.take().map_or_else(unknown, Injected::Value),
            Kind::Answer(answer) => match answer.as_failure() {
                Ok(injected) => injected,
                Err(reason) => Injected::Mistake(reason.to_owned()),
            },
            Kind::Body => Injected::Body,
        }
    }
}

impl fmt::Display for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Value(Some(value)) => write!(f, "{} (`{}`)", value.word(), value.name)?,
            Kind::Value(None) => f.write_str("a value")?,
            Kind::Answer(answer) => write!(f, "{answer}")?,
            Kind::Body => f.write_str("body")?,
        }
        if self.times > 1 {
            write!(f, " ({} times)", self.times)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scripted({self})")
    }
}
