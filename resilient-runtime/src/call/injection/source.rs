//! Outcomes in the place of a run of the body: by a script of a test, or at random.

use crate::{Classification, scope};
use std::{any::Any, pin::Pin, sync::Arc};

/// An outcome in the place of a run.
#[cfg_attr(
    not(feature = "testing"),
    expect(
        dead_code,
        reason = "only scripts of tests have values, bodies and mistakes"
    )
)]
pub(crate) enum Injected {
    /// It fails like this.
    Failure(Box<Classification>),
    /// It fails like this when the future ends.
    Hang(Hang),
    /// It ends with this value.
    Value(Value),
    /// Nothing: the body is run.
    Body,
    /// The test is wrong.
    Mistake(String),
}

pub(crate) type Hang = Pin<Box<dyn Future<Output = Classification> + Send>>;

/// A success or an error of any type.
pub(crate) struct Value {
    pub(crate) is_ok: bool,
    pub(crate) any: Box<dyn Any + Send>,
    /// The name of its type.
    pub(crate) name: &'static str,
}

impl Value {
    /// The name of the function that makes it in a script.
    pub(crate) const fn word(&self) -> &'static str {
        if self.is_ok { "ok" } else { "error" }
    }
}

/// Chooses what is injected.
pub(crate) trait Inject: Send + Sync {
    /// The outcome in the place of the next run of the call with this name.
    fn next(&self, call: &'static str) -> Option<Injected>;
    /// Hears of a run of the call with this name that another source has answered.
    fn called(&self, _: &'static str) {}
    /// Hears of a mistake of the test, which is about to panic.
    fn mistaken(&self, message: &str);
    /// Describes it, for the message of a mistake.
    fn describe(&self) -> String;
    /// True if it is a mistake that an error does not keep the class of the failure.
    #[cfg(feature = "testing")]
    fn needs_class(&self) -> bool;
}

pub(crate) type Source = Arc<dyn Inject>;

/// The sources around the code that runs now.
pub(crate) struct Injector {
    source: Source,
    outer: Option<Arc<Self>>,
}

impl Injector {
    /// This source, and then those around the code that runs now.
    pub(crate) fn new(source: Source) -> Self {
        Self {
            source,
            outer: scope::get(),
        }
    }
}

/// The outcome in the place of the next run of the call with this name, and its source. The
/// innermost source is asked first.
pub(super) fn next(call: &'static str) -> Option<(Injected, Source)> {
    let innermost = scope::get::<Injector>()?;
    let mut injectors =
        std::iter::successors(Some(&*innermost), |injector| injector.outer.as_deref());
    let answer = injectors.find_map(|injector| {
        let injected = injector.source.next(call)?;
        Some((injected, Arc::clone(&injector.source)))
    });
    injectors.for_each(|injector| injector.source.called(call));
    answer
}

/// Fails the test.
#[expect(clippy::panic, reason = "a mistake of a test fails it")]
pub(super) fn fail(source: &Source, message: &str) -> ! {
    source.mistaken(message);
    panic!("{message}")
}

#[cfg(feature = "testing")]
pub(in crate::call) use check::{check_class, expect_class};

/// Whether an error keeps the class of an injected failure.
#[cfg(feature = "testing")]
mod check {
    use super::{Source, fail};
    use crate::{Class, Classification};
    use std::cell::RefCell;

    thread_local! {
        /// The class of the failure that was injected last on this thread.
        static EXPECTED: RefCell<Option<(Class, Source)>> = const { RefCell::new(None) };
    }

    /// The next failure that is classified on this thread is to have this class.
    pub(in crate::call) fn expect_class(class: Class, source: &Source) {
        if source.needs_class() {
            EXPECTED.replace(Some((class, source.clone())));
        }
    }

    /// Fails the test if an error of the type `E` does not keep the class that was injected.
    pub(in crate::call) fn check_class<E>(failure: &Classification, by_function: bool) {
        let Some((class, source)) = EXPECTED.take() else {
            return;
        };
        if class != failure.class {
            let message = format!(
                "{}: the failure `{class}` was classified as `{}`, since {} does not keep the class \
                 of the `Rejection` in a `{}`; use `error(..)` with a value of that type",
                source.describe(),
                failure.class,
                if by_function {
                    "the function of `classify`"
                } else {
                    "its type"
                },
                std::any::type_name::<E>(),
            );
            fail(&source, &message);
        }
    }
}
