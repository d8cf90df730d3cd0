//! The end of a call: if it has failed and has a fallback, the fallback is called with the error.

use crate::{
    ambient,
    call::{Call, plan::Outcome},
    call_site::CallSite,
    failover::{Failover, InFallback},
    route::Route,
};
use pin_project_lite::pin_project;
use std::{
    fmt,
    future::{Pending, Ready, ready},
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

/// The error for the fallback and what runs it, or the result if it is a success.
///
/// # Errors
/// The error of the result.
pub fn failure<R: Outcome>(result: R, site: &CallSite) -> Result<R, (R::Error, Fallback<R>)> {
    let fallback = Fallback {
        site: site.address(),
        failover: None,
        result: PhantomData,
    };
    result.into_error().map_err(|error| (error, fallback))
}

/// Takes the value of a fallback, whose type has to be that of the function's result.
pub struct Fallback<R> {
    site: usize,
    /// The failover of the call, if it has one: a call of the same one has no target left.
    failover: Option<usize>,
    result: PhantomData<fn() -> R>,
}

impl<R> Fallback<R> {
    /// Of a call with this failover.
    pub fn after(mut self, failover: &'static Failover) -> Self {
        self.failover = Some(failover.state().id());
        self
    }

    /// The result of the fallback of a blocking function. A call that it makes at the same place
    /// has no fallback again.
    pub fn blocking(self, fallback: impl FnOnce() -> R) -> R {
        let _entered = ambient::FallingBack::enter(self.site);
        let _inside = self.failover.map(InFallback::of);
        fallback()
    }

    /// A future of the result, whether the fallback has given the result or such a future.
    // Not `V::Future`, or a type that is none would be reported a second time, as what the future
    // gives.
    pub fn of<V, K>(self, value: V) -> impl Future<Output = R>
    where
        V: IntoFallback<R, K>,
    {
        FallbackFuture {
            site: self.site,
            failover: self.failover,
            future: value.into_fallback(),
        }
    }
}

pin_project! {
    /// The future of a fallback. A call that it makes at the same place has no fallback again.
    pub struct FallbackFuture<F> {
        site: usize,
        failover: Option<usize>,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for FallbackFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = ambient::FallingBack::enter(*this.site);
        let _inside = this.failover.map(InFallback::of);
        this.future.poll(cx)
    }
}

impl<F> fmt::Debug for FallbackFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FallbackFuture").finish_non_exhaustive()
    }
}

impl<R> fmt::Debug for Fallback<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("Fallback")
    }
}

/// The values that a fallback may give; `K` tells the two apart.
#[diagnostic::on_unimplemented(
    message = "a fallback gives the result of the function, `{R}`, or a future of it, and not `{Self}`",
    label = "gives another type than the function"
)]
pub trait IntoFallback<R, K> {
    /// The future of the result.
    type Future: Future<Output = R>;
    /// The future of the result.
    fn into_fallback(self) -> Self::Future;
}

/// The fallback has given the result.
#[derive(Debug)]
pub enum AtOnce {}

/// The fallback has given a future of the result.
#[derive(Debug)]
pub enum Awaited {}

#[diagnostic::do_not_recommend]
impl<R> IntoFallback<R, AtOnce> for R {
    type Future = Ready<R>;

    fn into_fallback(self) -> Ready<R> {
        ready(self)
    }
}

#[diagnostic::do_not_recommend]
impl<R, F: Future<Output = R>> IntoFallback<R, Awaited> for F {
    type Future = F;

    fn into_fallback(self) -> F {
        self
    }
}

/// The end of a call that was built: with a fallback, or without.
pub trait CallEnd<R: Outcome> {
    /// The future of the fallback.
    type Future: Future<Output = R>;
    /// The result of the call, or the future of the fallback that replaces it.
    ///
    /// # Errors
    /// The future of the fallback.
    fn end<C, O, W, U: Route>(
        self,
        call: Call<R, C, O, W, U>,
        result: R,
    ) -> Result<R, Self::Future>;
}

/// A call without a fallback.
#[derive(Debug)]
pub struct NoFallback;

impl<R: Outcome> CallEnd<R> for NoFallback {
    type Future = Pending<R>;

    #[inline(always)]
    fn end<C, O, W, U: Route>(self, _: Call<R, C, O, W, U>, result: R) -> Result<R, Pending<R>> {
        Ok(result)
    }
}

/// A fallback of a call that was built, and the kind of value that it gives.
pub struct CallFallback<F, V, K> {
    fallback: F,
    value: PhantomData<fn() -> (V, K)>,
}

impl<F, V, K> CallFallback<F, V, K> {
    pub(crate) const fn new(fallback: F) -> Self {
        let value = PhantomData;
        Self { fallback, value }
    }
}

impl<R, F, V, K> CallEnd<R> for CallFallback<F, V, K>
where
    R: Outcome,
    F: FnOnce(R::Error) -> V,
    V: IntoFallback<R, K>,
{
    type Future = FallbackFuture<V::Future>;

    fn end<C, O, W, U: Route>(
        self,
        mut call: Call<R, C, O, W, U>,
        result: R,
    ) -> Result<R, Self::Future> {
        if call.failed_with().is_none() {
            return Ok(result);
        }
        let error = match result.into_error() {
            Ok(result) => return Ok(result),
            Err(error) => error,
        };
        call.falls_back();
        let site = call.routed.route.site().address();
        // First: the fallback may use the upstream too.
        drop(call);
        let future = (self.fallback)(error).into_fallback();
        Err(FallbackFuture {
            site,
            failover: None,
            future,
        })
    }
}

impl<F, V, K> fmt::Debug for CallFallback<F, V, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("CallFallback")
    }
}
