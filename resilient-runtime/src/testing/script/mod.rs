//! Outcomes of a function in the place of its body, by script.
//!
//! | outcome | the attempt |
//! |---|---|
//! | [`ok`] | succeeds with this value |
//! | [`error`] | fails with this error |
//! | [`status`], [`retry_after`], [`answer`] | fails as with this response, with the same class, wait and message |
//! | [`reset`] | fails as with a connection that the server has reset |
//! | [`hang`] | ends by its timeout, or by that of a deadline |
//! | [`body`] | runs the body |
//!
//! # Errors and values
//!
//! [`status`], [`answer`] and [`reset`] need an error that holds a [`Rejection`](crate::Rejection),
//! which then has the scripted classification: `ApiError`, `CallError`, `anyhow::Error`, a type
//! with the derive of [`Classify`](crate::Classify). If an error does not keep the class, the test
//! fails and asks for [`error`]. A `CallError` has such a failure in `rejection()`, and an
//! `ApiError` has it as it has a response.
//!
//! [`ok`] and [`error`] are for functions with the attribute, if what they return is written out:
//! no type parameter, no borrow, no `Self` and no `impl Trait`. For others, and for closures and
//! blocks ([`Policy::call`](crate::Policy::call), [`call!`](crate::call!)), there are the other
//! outcomes. A type parameter of an `impl` around the function may need the bound `'static` if it
//! has the bound `Unpin`.
//!
//! # Streams
//!
//! For a function that gives a [stream](crate::guide::streams), an outcome takes the place of its
//! opening: a failure is one before the first content, and [`hang`] ends by the timeout. [`ok`]
//! takes a whole stream, of the type that is written out, such as
//! `Pin<Box<dyn Stream<..> + Send>>`. For failures within a stream, give one whose items fail, or
//! use a [`FaultyServer`](super::FaultyServer). An `impl Stream` cannot be given.

mod outcome;

pub use outcome::{Scripted, answer, body, error, hang, ok, reset, retry_after, status};

use super::server::fail;
use crate::{
    call::injection::{Inject, Injected, Injector},
    call_site::similar_names,
    scope,
};
use std::{
    collections::{BTreeSet, VecDeque},
    panic::Location,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Runs a test in which these outcomes take the place of the body of the function with this name,
/// one for each attempt, and for each run of a hedged one. Other functions run as they are, and so
/// do all tasks that are not started with [`spawn`](super::spawn).
///
/// The name is the one in the log: that of the module and the function, or the argument `name`. For
/// calls without the attribute, it is the name that they are given.
///
/// ```
/// use resilient_runtime::{CallError, resilient};
/// use resilient_runtime::testing::{record, script::{ok, script, status}};
/// # use std::io;
///
/// #[resilient(name = "ask")]
/// async fn ask(question: &str) -> Result<usize, CallError<io::Error>> {
///     Ok(question.len()) // instead of a request
/// }
///
/// #[resilient_runtime::test(no_waits)]
/// async fn asks_again_if_the_server_is_overloaded() {
///     let outcomes = [status(503).times(2), ok(42_usize)];
///     let (answer, trace) = script("ask", outcomes, record(ask("why?"))).await;
///     assert_eq!(answer.unwrap(), 42);
///     trace.assert_attempts(3);
/// }
/// # use resilient_runtime::testing::no_waits;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let outcomes = [status(503).times(2), ok(42_usize)];
/// # assert_eq!(no_waits(script("ask", outcomes, ask("why?"))).await.unwrap(), 42);
/// # }
/// ```
///
/// # Panics
/// At its end, if outcomes are left: the message lists them and, if there was no call of this name,
/// those that there were. In an attempt, if none is left; one without outcomes says that there is
/// no call. A panic of the test itself comes first.
#[track_caller]
pub fn script<I, F>(
    name: &str,
    outcomes: I,
    future: F,
) -> impl Future<Output = F::Output> + use<I, F>
where
    I: IntoIterator<Item = Scripted>,
    F: Future,
{
    let outcomes: VecDeque<Scripted> = outcomes.into_iter().collect();
    let script = Arc::new(Script {
        name: name.to_owned(),
        place: Location::caller(),
        held: outcomes.len_and_names(),
        state: Mutex::new(State {
            left: outcomes,
            is_used: false,
            others: BTreeSet::new(),
            mistakes: Vec::new(),
        }),
    });
    let source = Arc::clone(&script);
    let future = scope::within(|| Injector::new(source), future);
    async move {
        let output = future.await;
        script.end();
        output
    }
}

/// The outcomes of one function.
struct Script {
    name: String,
    /// Where the test has it.
    place: &'static Location<'static>,
    /// The number of outcomes at the start, and their names.
    held: (usize, String),
    state: Mutex<State>,
}

struct State {
    left: VecDeque<Scripted>,
    is_used: bool,
    /// The other functions that were called.
    others: BTreeSet<&'static str>,
    mistakes: Vec<String>,
}

trait Outcomes {
    /// Their number, and their names in order.
    fn len_and_names(&self) -> (usize, String);
}

impl Outcomes for VecDeque<Scripted> {
    fn len_and_names(&self) -> (usize, String) {
        let number = self
            .iter()
            .fold(0_usize, |sum, outcome| sum.saturating_add(outcome.times));
        let names: Vec<String> = self.iter().map(ToString::to_string).collect();
        (number, names.join(", then "))
    }
}

/// The answer to a name that is none of those that were called.
fn hint(name: &str, called: &BTreeSet<&'static str>) -> String {
    if called.is_empty() {
        return "no function with the attribute was called".to_owned();
    }
    let quoted: Vec<String> = called.iter().map(|name| format!("`{name}`")).collect();
    let listed = format!("called were {}", quoted.join(", "));
    match similar_names(name, called.iter().copied()).first() {
        Some(near) => format!("did you mean `{near}`? {listed}"),
        None => listed,
    }
}

fn plural(number: usize) -> &'static str {
    if number == 1 { "" } else { "s" }
}

impl Script {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fails the test if it has not used the script up, or if a call has failed it: that one may
    /// have been in a task.
    fn end(&self) {
        let state = self.state();
        if let Some(mistake) = state.mistakes.first() {
            let mistake = mistake.clone();
            drop(state);
            fail(&mistake);
        }
        let (left, names) = state.left.len_and_names();
        if left == 0 {
            return;
        }
        let message = if state.is_used {
            let (number, _) = self.held;
            format!(
                "{}: {left} of its {number} outcome{} {} not used: {names}",
                self.describe(),
                plural(number),
                if left == 1 { "was" } else { "were" }
            )
        } else {
            let others = hint(&self.name, &state.others);
            format!("{}: it was not used ({names}); {others}", self.describe())
        };
        drop(state);
        fail(&message);
    }

    fn exhausted(&self) -> Injected {
        let (number, names) = &self.held;
        let held = if *number == 0 {
            "it has no outcome, and there is a call".to_owned()
        } else {
            format!(
                "its {number} outcome{} {} used up, and there is another attempt; it had: {names}",
                plural(*number),
                if *number == 1 { "is" } else { "are" }
            )
        };
        Injected::Mistake(format!("{}: {held}", self.describe()))
    }
}

impl Inject for Script {
    fn next(&self, call: &'static str) -> Option<Injected> {
        if call != self.name {
            self.called(call);
            return None;
        }
        let mut state = self.state();
        state.is_used = true;
        let Some(next) = state.left.front_mut() else {
            drop(state);
            return Some(self.exhausted());
        };
        if next.times > 1 {
            next.times = next.times.saturating_sub(1);
            return Some(next.injected());
        }
        let mut last = state.left.pop_front()?;
        drop(state);
        Some(last.injected())
    }

    fn called(&self, call: &'static str) {
        if call != self.name {
            self.state().others.insert(call);
        }
    }

    fn mistaken(&self, message: &str) {
        self.state().mistakes.push(message.to_owned());
    }

    fn describe(&self) -> String {
        format!("script of `{}` at {}", self.name, self.place)
    }

    fn needs_class(&self) -> bool {
        true
    }
}
