//! The place before a body, where something else can take its place.

#![expect(
    clippy::unused_self,
    reason = "the receiver is what method lookup goes by"
)]

mod source;

pub(crate) use source::{Inject, Injected, Injector, Value};
#[cfg(feature = "testing")]
pub(super) use source::{check_class, expect_class};

use crate::{FromRejection, Rejection, call::plan::Outcome, call_site::CallSite};
use pin_project_lite::pin_project;
use source::{Hang, Source};
use std::{
    any::type_name,
    fmt,
    future::{Ready, ready},
    marker::PhantomData,
    ops::Deref,
    pin::Pin,
    task::{Context, Poll, ready},
};

/// The place before the body of a function that returns `R`, with all types in it, `P`. Method
/// lookup finds `resilient_injected` where its bounds hold: here if values of both types can be
/// injected, else further down the line of what this dereferences to. It cannot see whether a type
/// is `'static`, but a type parameter rarely has the bound `Unpin`, and other types nearly always
/// are.
pub struct InjectionPoint<R, P>(FailuresOnly<R>, PhantomData<fn() -> P>);

/// A type in what a function returns, which may have no size.
pub type Part<T> = PhantomData<T>;

/// Only failures can be injected, for this reason.
pub struct FailuresOnly<R>(NoInjection<R>, &'static str);

/// The error cannot hold a `Rejection`, of which the compiler tells elsewhere.
pub struct NoInjection<R>(PhantomData<fn() -> R>);

impl<R, P> InjectionPoint<R, P> {
    /// For the return type `R`.
    pub const fn new() -> Self {
        let reason = "a type in what it returns depends on a type parameter, or is not `Unpin`";
        Self(FailuresOnly::because(reason), PhantomData)
    }
}

impl<R, P> Default for InjectionPoint<R, P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R> FailuresOnly<R> {
    /// For a return type of which no values can be injected, for this reason.
    pub const fn because(reason: &'static str) -> Self {
        Self(NoInjection(PhantomData), reason)
    }
}

impl<T, E, P: Unpin> InjectionPoint<Result<T, E>, P>
where
    T: Unpin + 'static,
    E: Unpin + FromRejection + 'static,
{
    /// The outcome in the place of the next run, if there is one.
    pub fn resilient_injected(&self, site: &'static CallSite) -> Injection<Result<T, E>> {
        Injection::new(site, |value, _, source| result_of(value, source), "")
    }
}

impl<R: Outcome> FailuresOnly<R>
where
    R::Error: FromRejection,
{
    /// The outcome in the place of the next run, if there is one.
    pub fn resilient_injected(&self, site: &'static CallSite) -> Injection<R> {
        Injection::new(
            site,
            |value, reason, source| no_value(&value, reason, source),
            self.1,
        )
    }
}

impl<R> NoInjection<R> {
    /// Nothing.
    pub fn resilient_injected(&self, _: &'static CallSite) -> Ready<Option<R>> {
        ready(None)
    }
}

/// Gives what takes the place of a run, if anything does. Every future of an annotated function has
/// room for it, so it is small.
#[must_use = "futures do nothing unless awaited"]
pub struct Injection<R> {
    site: &'static CallSite,
    value: MakeResult<R>,
    /// Why there is no result of a value.
    reason: &'static str,
    hang: Option<Hang>,
}

/// Makes a result of a value, or fails the test for this reason.
type MakeResult<R> = fn(Value, &'static str, &Source) -> R;

impl<R> Injection<R> {
    const fn new(site: &'static CallSite, value: MakeResult<R>, reason: &'static str) -> Self {
        Self {
            site,
            value,
            reason,
            hang: None,
        }
    }
}

impl<R: Outcome> Future for Injection<R>
where
    R::Error: FromRejection,
{
    type Output = Option<R>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<R>> {
        if self.hang.is_none() {
            let Some((injected, source)) = source::next(self.site.name()) else {
                return Poll::Ready(None);
            };
            match injected {
                Injected::Body => return Poll::Ready(None),
                Injected::Failure(failure) => {
                    #[cfg(feature = "testing")]
                    let class = failure.class;
                    let result = R::rejected(Rejection::injected(*failure));
                    // After the conversion: it may panic.
                    #[cfg(feature = "testing")]
                    expect_class(class, &source);
                    return Poll::Ready(Some(result));
                }
                Injected::Value(value) => {
                    return Poll::Ready(Some((self.value)(value, self.reason, &source)));
                }
                Injected::Mistake(message) => source::fail(&source, &message),
                Injected::Hang(hang) => self.hang = Some(hang),
            }
        }
        match &mut self.hang {
            Some(hang) => hang
                .as_mut()
                .poll(cx)
                .map(|failure| Some(R::rejected(Rejection::injected(failure)))),
            None => Poll::Ready(None),
        }
    }
}

pin_project! {
    /// The run of a closure, or what takes its place.
    pub(crate) struct OrInjected<F, R> {
        // None once the run has begun.
        injection: Option<Injection<R>>,
        #[pin]
        body: F,
    }
}

/// The run of a closure, or what takes its place.
pub(crate) fn or_injected<R, F: Future<Output = R>>(
    site: &'static CallSite,
    body: F,
) -> OrInjected<F, R> {
    const REASON: &str = "it is the closure of a call without the attribute";
    let value: MakeResult<R> = |value, reason, source| no_value(&value, reason, source);
    OrInjected {
        injection: Some(Injection::new(site, value, REASON)),
        body,
    }
}

impl<R: Outcome, F: Future<Output = R>> Future for OrInjected<F, R>
where
    R::Error: FromRejection,
{
    type Output = R;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        let this = self.project();
        if let Some(injection) = this.injection {
            if let Some(result) = ready!(Pin::new(injection).poll(cx)) {
                return Poll::Ready(result);
            }
            *this.injection = None;
        }
        this.body.poll(cx)
    }
}

/// The result that holds the value.
fn result_of<T: 'static, E: 'static>(value: Value, source: &Source) -> Result<T, E> {
    if value.is_ok {
        Ok(of_type(value, source))
    } else {
        Err(of_type(value, source))
    }
}

fn of_type<V: 'static>(value: Value, source: &Source) -> V {
    let (word, name) = (value.word(), value.name);
    match value.any.downcast() {
        Ok(value) => *value,
        Err(_) => {
            let expected = type_name::<V>();
            let message = format!(
                "{}: `{word}(..)` has a value of the type `{name}`, where the function returns \
                 `{expected}`",
                source.describe()
            );
            source::fail(source, &message)
        }
    }
}

/// Fails the test: no value can be a result.
fn no_value(value: &Value, reason: &str, source: &Source) -> ! {
    let message = format!(
        "{}: `{}(..)` cannot take the place of its body, because {reason}; `status(..)`, \
         `reset()` and `hang()` can",
        source.describe(),
        value.word()
    );
    source::fail(source, &message)
}

impl<R, P> Deref for InjectionPoint<R, P> {
    type Target = FailuresOnly<R>;

    fn deref(&self) -> &FailuresOnly<R> {
        &self.0
    }
}

impl<R> Deref for FailuresOnly<R> {
    type Target = NoInjection<R>;

    fn deref(&self) -> &NoInjection<R> {
        &self.0
    }
}

macro_rules! debug {
    ($($type:ident<$($parameter:ident),+>;)+) => {$(
        impl<$($parameter),+> fmt::Debug for $type<$($parameter),+> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        }
    )+};
}

debug!(InjectionPoint<R, P>; FailuresOnly<R>; NoInjection<R>; Injection<R>;);
