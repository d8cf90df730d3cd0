//! The journal of a run: a file with a line for each item that has ended, by which a second run
//! skips what is done. Without the feature `journal` there is none.

#[cfg(not(feature = "journal"))]
mod absent;
#[cfg(feature = "journal")]
mod error;
#[cfg(feature = "journal")]
mod file;
#[cfg(feature = "journal")]
mod key;
#[cfg(feature = "journal")]
mod line;
#[cfg(feature = "journal")]
mod record;
#[cfg(feature = "journal")]
mod settings;
#[cfg(feature = "journal")]
mod sync;

#[cfg(not(feature = "journal"))]
pub(super) use absent::Journal;
#[cfg(feature = "journal")]
pub(super) use record::Journal;
#[cfg(feature = "journal")]
pub use {
    error::{JournalError, JournalProblem},
    key::{ByHash, ByKey},
    settings::{DoneOnly, Journaled, WithResults},
};

/// No journal: the default of [`Bulk`](super::Bulk).
#[derive(Clone, Copy, Debug)]
pub struct NoJournal;

/// A journal, or none, for items of the type `T` with outputs of the type `O`.
#[diagnostic::on_unimplemented(
    message = "the journal cannot hold these items and results",
    note = "items that are not `Hash` need `.journal_key(|item| ..)`",
    note = "`.journal_results()` needs results that are `Serialize` and `DeserializeOwned`"
)]
pub trait IntoJournal<'a, T, O> {
    #[doc(hidden)]
    fn into_journal(self) -> Option<Box<Journal<'a, T, O>>>;
}

impl<'a, T, O> IntoJournal<'a, T, O> for NoJournal {
    fn into_journal(self) -> Option<Box<Journal<'a, T, O>>> {
        None
    }
}
