//! Switches for operators: retries, hedged runs or a whole upstream off, by name, while the program
//! runs, or around a future. See the [guide](crate::guide::steer).

use crate::{
    event::{EventKind, Origin},
    halt::{self, HEDGES, Names, RETRIES, SwitchedOff, UPSTREAMS},
};
use pin_project_lite::pin_project;
use std::{
    borrow::Cow,
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

/// The switch of retries. While it is off, a call ends with its first failure, with the reason
/// [`GiveUp::RetriesOff`](crate::GiveUp::RetriesOff), and a stream that breaks is not resumed. A
/// call that waits for its retry ends at once, with its last failure.
pub const fn retries() -> Switch {
    Switch(RETRIES)
}

/// The switch of hedged runs. While it is off, none is started; those in flight go on.
pub const fn hedges() -> Switch {
    Switch(HEDGES)
}

/// The switch of an upstream, by the name that it was made with.
///
/// ```
/// use resilient_runtime::{CallError, Class, Upstream, switch};
///
/// static OPENAI: Upstream = Upstream::new("openai");
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// switch::upstream("openai").off();
/// let answer: Result<u32, CallError<std::io::Error>> =
///     OPENAI.call("ask").run(async || Ok(42)).await;
/// assert_eq!(answer.unwrap_err().rejection().unwrap().class(), Class::CircuitOpen);
/// switch::upstream("openai").on();
/// # }
/// ```
pub const fn upstream(name: &str) -> UpstreamSwitch<'_> {
    UpstreamSwitch(name)
}

/// A switch, from [`retries`] or [`hedges`]. It takes effect at the next decision of each call;
/// breakers, limits and budgets keep their state.
///
/// Names are those of functions (`app::ask`, as in the log) and of upstreams. A name that nothing
/// has so far holds for what comes later. Each change is an event, `switched off` or `switched on`.
/// In an isolated test (feature `testing`), it holds for the calls of that test.
///
/// ```
/// use resilient_runtime::{CallError, GiveUp, resilient, switch};
/// use std::io;
///
/// #[resilient(name = "app::ask")]
/// async fn ask() -> Result<u32, CallError<io::Error>> {
///     Err(io::Error::from(io::ErrorKind::ConnectionReset))?
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// switch::retries().off_for("app::ask");
/// let error = ask().await.unwrap_err(); // at once
/// assert_eq!(error.history().gave_up, Some(GiveUp::RetriesOff));
/// switch::retries().on_for("app::ask");
///
/// // For the calls that a future awaits, and for no others.
/// let error = switch::retries().off_within(ask()).await.unwrap_err();
/// assert_eq!(error.history().attempts.len(), 1);
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it changes nothing by itself"]
pub struct Switch(u8);

impl Switch {
    /// Off for all calls.
    pub fn off(self) {
        self.set(None, false);
    }

    /// On for all calls, but for the names that are [off](Self::off_for).
    pub fn on(self) {
        self.set(None, true);
    }

    /// Off for the function or the upstream with this name.
    pub fn off_for(self, name: &str) {
        self.set(Some(name), false);
    }

    /// On for this name, unless it is off for all calls.
    pub fn on_for(self, name: &str) {
        self.set(Some(name), true);
    }

    /// Whether it is off for all calls.
    pub fn is_off(self) -> bool {
        halt::is(self.0, |names| names.all)
    }

    /// Whether it is off for this name, or for all calls.
    pub fn is_off_for(self, name: &str) -> bool {
        halt::is(self.0, |names| names.has(name))
    }

    /// Off for the calls that a future makes while it is polled: those that it awaits, and not
    /// those in tasks that it spawns. Nothing of it is left when the future ends, is dropped or
    /// panics.
    pub fn off_within<F: Future>(self, future: F) -> OffWithin<F> {
        OffWithin {
            what: self.0,
            future,
        }
    }

    fn set(self, name: Option<&str>, is_on: bool) {
        set(self.0, name, is_on);
    }
}

/// The switch of one upstream, from [`upstream`].
///
/// While it is off, every call through the upstream is refused, like by an
/// [isolated](crate::Upstream::isolate) one: those that wait at once, with their last failure if
/// they have one, and otherwise with a rejection of class
/// [`CircuitOpen`](crate::Class::CircuitOpen). Attempts in flight go on. It holds for all upstreams
/// with this name, all their keys, and those that are made later. It is no part of the breaker:
/// [`Upstream::release`](crate::Upstream::release) does not end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it changes nothing by itself"]
pub struct UpstreamSwitch<'n>(&'n str);

impl UpstreamSwitch<'_> {
    /// Off.
    pub fn off(self) {
        set(UPSTREAMS, Some(self.0), false);
    }

    /// On.
    pub fn on(self) {
        set(UPSTREAMS, Some(self.0), true);
    }

    /// Whether it is off.
    pub fn is_off(self) -> bool {
        halt::is(UPSTREAMS, |names| names.has(self.0))
    }
}

/// Everything that is off in the process, for the page of an operator. Its `Display` has a line for
/// each, such as `retries: off for app::ask`; it is empty if nothing is off.
pub fn switched_off() -> Vec<OffSwitch> {
    halt::read(|off: &SwitchedOff| {
        let each = |what: u8| {
            let names = off.of(what);
            let all = names.all.then_some(None);
            let some = names.some.iter().cloned().map(Some);
            all.into_iter().chain(some).map(move |name| OffSwitch {
                what: what_is(what),
                name,
            })
        };
        [RETRIES, HEDGES, UPSTREAMS]
            .into_iter()
            .flat_map(each)
            .collect()
    })
}

/// Something that is switched off, from [`switched_off`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OffSwitch {
    what: &'static str,
    name: Option<String>,
}

impl OffSwitch {
    /// `retries`, `hedges` or `upstream`.
    pub const fn what(&self) -> &'static str {
        self.what
    }

    /// The function or the upstream; `None` if it is off for all.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl fmt::Display for OffSwitch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{}: off for {name}", self.what),
            None => write!(f, "{}: off for all", self.what),
        }
    }
}

const fn what_is(what: u8) -> &'static str {
    match what {
        RETRIES => "retries",
        HEDGES => "hedges",
        _ => "upstream",
    }
}

/// Changes a switch, and says so if that changes anything.
fn set(what: u8, name: Option<&str>, is_on: bool) {
    let change = |names: &mut Names| match (name, is_on) {
        (None, is_on) => std::mem::replace(&mut names.all, !is_on) == is_on,
        (Some(name), false) => names.some.insert(name.to_owned()),
        (Some(name), true) => names.some.remove(name),
    };
    if halt::change(what, change) {
        // Last, because a subscriber may panic.
        let what = what_is(what);
        let name = name.map(Cow::Borrowed);
        Origin::default().emit_if_recorded(EventKind::Switched { what, name, is_on });
    }
}

pin_project! {
    /// A future with something off around it: [`Switch::off_within`].
    #[must_use = "futures do nothing unless awaited"]
    pub struct OffWithin<F> {
        what: u8,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for OffWithin<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _within = halt::within(*this.what);
        this.future.poll(cx)
    }
}

impl<F> fmt::Debug for OffWithin<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OffWithin")
            .field("what", &what_is(self.what))
            .finish_non_exhaustive()
    }
}
