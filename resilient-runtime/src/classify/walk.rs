//! The walk along the sources of an error: one step and one bound for everything that follows them.

use std::{cell::Cell, error::Error, fmt::Write as _, io, iter::successors, sync::Arc};

/// The maximum number of errors in a chain. A longer one is a cycle or useless.
const LINKS: usize = 64;

/// The message of a chain that is too long. Its text is not shown, because it is often written by
/// recursion over all sources.
pub(super) const TOO_LONG: &str = "the chain of sources is too long to be followed";

thread_local! {
    /// The number of errors that the classification in progress may still look at; `None` outside
    /// of one.
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// A classification that follows sources. An error in the chain may begin another one to classify
/// itself, which shares the bound of the outermost, so that neither the depth nor the number of
/// steps grows beyond it.
pub(super) struct Walk {
    is_outermost: bool,
}

impl Walk {
    pub(super) fn enter() -> Self {
        let is_outermost = LEFT.get().is_none();
        if is_outermost {
            LEFT.set(Some(LINKS));
        }
        Self { is_outermost }
    }

    /// Whether the next error may be looked at.
    #[expect(clippy::unused_self, reason = "only during a walk")]
    pub(super) fn may_follow(&self) -> bool {
        let left = LEFT.get().and_then(|left| left.checked_sub(1));
        if left.is_some() {
            LEFT.set(left);
        }
        left.is_some()
    }
}

impl Drop for Walk {
    fn drop(&mut self) {
        if self.is_outermost {
            LEFT.set(None);
        }
    }
}

/// An error of this type, also a shared or boxed one: some clients and caches share their errors,
/// and large errors are often boxed. The chain then contains the pointer, whose `source` leaves out
/// the error that it holds.
pub(super) fn as_a<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    let shared = || error.downcast_ref::<Arc<E>>().map(|error| &**error);
    let boxed = || error.downcast_ref::<Box<E>>().map(|error| &**error);
    let own = error.downcast_ref::<E>();
    own.or_else(shared).or_else(boxed)
}

/// The error below this one. `source` of an `io::Error` and of a shared pointer leaves out the
/// error that it holds, and asks that one for its source, which is a recursion.
pub(super) fn below<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    if let Some(error) = as_a::<io::Error>(error) {
        return error.get_ref().map(|inner| inner as _);
    }
    macro_rules! shared {
        ($($error:ty),+) => {$(
            if let Some(error) = error.downcast_ref::<Arc<$error>>() {
                return Some(&**error);
            }
        )+};
    }
    shared!(dyn Error + Send + Sync, dyn Error + Send, dyn Error);
    error.source()
}

fn links<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    successors(Some(error), |error| below(*error))
}

/// The error and its sources, from the outside in.
pub(crate) fn chain<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    links(error).take(LINKS)
}

/// Whether [`chain`] does not reach the end.
pub(super) fn is_too_long(error: &(dyn Error + 'static)) -> bool {
    links(error).nth(LINKS).is_some()
}

/// The text of an error.
pub(super) fn text(error: &(dyn Error + 'static)) -> String {
    if is_too_long(error) {
        return TOO_LONG.to_owned();
    }
    written(error)
}

/// The texts of the error and its sources, from the outside in; none if the chain is too long.
#[allow(dead_code, reason = "for clients, each of which is a feature")]
pub(super) fn texts(error: &(dyn Error + 'static)) -> impl Iterator<Item = String> {
    let count = if is_too_long(error) { 0 } else { LINKS };
    links(error).take(count).map(written)
}

fn written(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    // Not `to_string`, which panics if a `Display` returns an error.
    let _ = write!(text, "{error}");
    text
}
