//! A stream that has begun, as its call hands it over.

use super::{
    account::StreamUpstream,
    content::Content,
    first::{First, Opened},
    opening::StreamTimes,
    resilient::Resilient,
    resume::{NoResume, Resume, ResumeBy},
};
use crate::{
    Classification, Classify,
    ambient::Kept,
    call::{BegunCall, By, ByTrait, Call, ClassifyError, FromRejection, IntoClassification},
    call_site::CallSite,
    route::Route,
};
use futures_core::Stream;
use std::fmt;

/// A stream that has begun, and what its call held.
pub struct Begun<S, T, E, N = NoResume> {
    pub(super) first: First<S, T>,
    pub(super) call: Box<BegunCall>,
    pub(super) content: Content<T>,
    pub(super) classifier: Classifier<E>,
    pub(super) resume: N,
}

/// How the errors of a stream are classified: as those of its call.
pub(super) enum Classifier<E> {
    ByTrait(fn(&E) -> Classification),
    By(Box<dyn Fn(&E) -> Classification + Send + Sync>),
}

impl<E> Classifier<E> {
    pub(super) fn classify(&self, error: &E) -> Classification {
        match self {
            Self::ByTrait(classify) => classify(error),
            Self::By(classify) => classify(error),
        }
    }
}

/// Classifies the errors of a stream beyond the end of its call.
#[diagnostic::on_unimplemented(
    message = "the function of `classify` outlives the call of a stream: it has to be a function or a closure that captures nothing borrowed"
)]
pub trait ClassifiesStream<E>: ClassifyError<E> {
    #[doc(hidden)]
    fn classifier(&self) -> StreamClassifier<E>;
}

/// See [`ClassifiesStream`].
pub struct StreamClassifier<E>(Classifier<E>);

impl<E: Classify> ClassifiesStream<E> for ByTrait {
    fn classifier(&self) -> StreamClassifier<E> {
        StreamClassifier(Classifier::ByTrait(E::classify))
    }
}

impl<E, K, F> ClassifiesStream<E> for By<F>
where
    K: IntoClassification,
    F: Fn(&E) -> K + Clone + Send + Sync + 'static,
{
    fn classifier(&self) -> StreamClassifier<E> {
        let classify = self.0.clone();
        let classify = move |error: &E| classify(error).into_classification();
        StreamClassifier(Classifier::By(Box::new(classify)))
    }
}

impl<S, T, E, C, O, W, U: Route> Call<Opened<S, T, E>, C, O, W, U> {
    /// The times of its attempts.
    pub fn stream_times(&self) -> StreamTimes {
        StreamTimes::of(&self.policy(), self.name())
    }

    /// The stream that an attempt has opened, which takes what the call holds.
    ///
    /// # Errors
    /// The error of the call.
    pub fn begun(
        &mut self,
        result: Opened<S, T, E>,
        content: Content<T>,
        site: &'static CallSite,
    ) -> Result<Begun<S, T, E>, E>
    where
        E: FromRejection,
        C: ClassifiesStream<E>,
    {
        let first = match result {
            Opened::Begun(first) => first,
            Opened::Failed(error) => return Err(error),
            Opened::Raised(rejection) => return Err(E::from_rejection(rejection)),
        };
        let StreamClassifier(classifier) = self.errors().classifier();
        Ok(Begun {
            first,
            classifier,
            content,
            call: self.begin(site),
            resume: NoResume,
        })
    }
}

impl<S, T, E> Begun<S, T, E> {
    /// Goes on with the stream that `resume` gives, at most `max` times.
    pub fn resume<F, O, S2>(self, max: u32, resume: F) -> Begun<S, T, E, ResumeBy<F, O, S2, E>>
    where
        F: FnMut(E, Kept) -> O,
        O: Future<Output = Result<S2, E>>,
        S2: Stream<Item = Result<T, E>>,
    {
        let Self {
            first,
            call,
            content,
            classifier,
            resume: NoResume,
        } = self;
        Begun {
            first,
            call,
            content,
            classifier,
            resume: ResumeBy::new(max, resume),
        }
    }
}

impl<S, T, E, N> Begun<S, T, E, N> {
    /// The stream, with the upstream of its call.
    pub fn stream<A: StreamUpstream>(self, upstream: A) -> Resilient<S, A, N>
    where
        S: Stream<Item = Result<T, E>>,
        N: Resume<T, E>,
    {
        Resilient::new(self, upstream)
    }
}

impl<S, T, E, N> fmt::Debug for Begun<S, T, E, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Begun").finish_non_exhaustive()
    }
}

impl<E> fmt::Debug for StreamClassifier<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamClassifier").finish_non_exhaustive()
    }
}
