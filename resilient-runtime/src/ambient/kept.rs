//! Values that the body of an attempt keeps for the function of `resume`.

use super::PollState;
use std::{any::Any, cell::Cell, fmt};

thread_local! {
    static KEPT: Cell<Kept> = const { Cell::new(Kept::NOTHING) };
    /// Whether what is kept now will be taken.
    static IS_KEEPING: Cell<bool> = const { Cell::new(false) };
}

/// A value that the body of the attempt has kept, for the function of `resume`:
/// [`AttemptContext::keep`](crate::AttemptContext::keep).
#[derive(Default)]
pub struct Kept(Option<Box<dyn Any + Send>>);

impl Kept {
    pub(crate) const NOTHING: Self = Self(None);

    pub(crate) fn of<T: Send + 'static>(value: T) -> Self {
        Self(Some(Box::new(value)))
    }

    /// Whether anything was kept.
    pub const fn is_some(&self) -> bool {
        self.0.is_some()
    }

    /// The value, if one of this type was kept last.
    pub fn get<T: 'static>(&self) -> Option<&T> {
        self.0.as_ref()?.downcast_ref()
    }

    /// The value by value, if one of this type was kept last.
    pub fn take<T: 'static>(&mut self) -> Option<T> {
        let kept = self.0.take()?;
        match kept.downcast() {
            Ok(value) => Some(*value),
            Err(other) => {
                self.0 = Some(other);
                None
            }
        }
    }

    /// The newer of two.
    pub(crate) fn or(self, older: &mut Self) -> Self {
        if self.is_some() {
            self
        } else {
            std::mem::take(older)
        }
    }
}

/// Keeps a value for the body that is polled around the running code, if there is one.
pub(crate) fn keep(kept: Kept) {
    if IS_KEEPING.get() {
        KEPT.set(kept);
    }
}

/// Takes the value kept in this poll.
pub(crate) fn take_kept() -> Kept {
    KEPT.replace(Kept::NOTHING)
}

/// The value kept for a body around this one, while this one is polled.
pub(crate) struct Keeping {
    outer: Kept,
    was_keeping: bool,
}

/// Starts keeping for a body that is about to be polled.
pub(crate) fn start_keeping() -> Keeping {
    Keeping {
        outer: take_kept(),
        was_keeping: IS_KEEPING.replace(true),
    }
}

impl PollState for Keeping {
    fn restore(&mut self) {
        KEPT.set(std::mem::take(&mut self.outer));
        IS_KEEPING.set(self.was_keeping);
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept")
            .field("is_some", &self.is_some())
            .finish()
    }
}
