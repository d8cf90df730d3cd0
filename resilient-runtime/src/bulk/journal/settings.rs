//! The settings of a journal.

use super::{
    super::Bulk, ByHash, ByKey, IntoJournal, Journal, NoJournal, key::Names, line::Header,
    record::Codec,
};
use serde_core::{Serialize, de::DeserializeOwned};
use std::{fmt, marker::PhantomData, path::Path, sync::Arc, time::Duration};

/// The time between two fsyncs.
const SYNC: Duration = Duration::from_secs(1);

/// A journal of items named by `N`, with the contents `S`: see
/// [`Bulk::journal`](super::super::Bulk::journal).
pub struct Journaled<N = ByHash, S = DoneOnly> {
    path: Arc<Path>,
    job: Option<String>,
    sync: Duration,
    names: N,
    stored: PhantomData<S>,
}

/// A journal has no results: the default.
#[derive(Clone, Copy, Debug)]
pub struct DoneOnly;

/// A journal has the results: [`Bulk::journal_results`](super::super::Bulk::journal_results).
#[derive(Clone, Copy, Debug)]
pub struct WithResults;

/// Without the key function.
impl<N, S> fmt::Debug for Journaled<N, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journaled")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl<N, S> Journaled<N, S> {
    fn with<N2, S2>(self, names: impl FnOnce(N) -> N2) -> Journaled<N2, S2> {
        Journaled {
            path: self.path,
            job: self.job,
            sync: self.sync,
            names: names(self.names),
            stored: PhantomData,
        }
    }

    fn build<'a, T, O>(self, codec: Codec<O>) -> Journal<'a, T, O>
    where
        N: Names<'a, T>,
    {
        let name = self.names.into_name();
        let header = Header {
            by_hash: name.is_hash(),
            results: codec.has_results(),
            job: self.job,
        };
        Journal::new(self.path, header, name, codec, self.sync)
    }
}

/// A journal: a second run goes on where the first one has ended, or was killed.
#[cfg_attr(docsrs, doc(cfg(feature = "journal")))]
impl<'a, I> Bulk<'a, I, NoJournal> {
    /// Keeps a journal in this file: one line for each item that has ended. A run with the journal
    /// of an earlier one skips the items that are done, and begins those that are new or have
    /// failed. The [guide](crate::guide::journal) has a page about it.
    ///
    /// # Items
    ///
    /// An item is recognised by the hash of its value, or by its [key](Self::journal_key): items
    /// may come in another order, and be more or fewer than those of the earlier run. Of equal
    /// items, as many are skipped as are done. Whoever changes the work, not the items, names it
    /// with [`journal_job`](Self::journal_job).
    ///
    /// # Results
    ///
    /// By default the journal only says which items are done: their results are not handed on
    /// again. The line of an item is written before its result is handed on, so if the process is
    /// killed between the two, the result is lost, although the item is done. Save it within the
    /// item, or use [`journal_results`](Self::journal_results).
    ///
    /// # Writing
    ///
    /// Lines are written by the task of the run, those of a poll at once, before their results are
    /// handed on: a kill of the process loses none. Once a second, and at the end of the run, the
    /// file is brought to the disk on a thread for blocking work: a failure of the machine loses
    /// at most the lines since then. Created files are readable by their owner only.
    ///
    /// The file is locked during the run, and needs a local file system. The lock ends with the
    /// process. It needs a tokio runtime with time enabled.
    ///
    /// # Errors
    ///
    /// If the journal cannot be opened, read or written, or another run has it open, the run stops
    /// with [`Stop::Journal`](super::super::Stop::Journal). Items in flight are finished then, and
    /// results handed on, but no longer recorded.
    #[doc(alias("checkpoint", "resume"))]
    pub fn journal(self, path: impl AsRef<Path>) -> Bulk<'a, I, Journaled> {
        self.with_journal(|_| Journaled {
            path: path.as_ref().into(),
            job: None,
            sync: SYNC,
            names: ByHash,
            stored: PhantomData,
        })
    }
}

/// Settings of the journal. Defaults: items by hash, no results, an fsync every second.
#[cfg_attr(docsrs, doc(cfg(feature = "journal")))]
impl<'a, I, N, S> Bulk<'a, I, Journaled<N, S>> {
    /// Names items by a key, such as a file name or an id, in the place of the hash of their value:
    /// for items that are not [`Hash`], and for a journal that people read. The key is written to
    /// the journal. It should be another one for each item.
    pub fn journal_key(
        self,
        key: impl FnMut(&I::Item) -> String + Send + 'a,
    ) -> Bulk<'a, I, Journaled<ByKey<'a, I::Item>, S>>
    where
        I: IntoIterator,
    {
        self.with_journal(|journal| journal.with(|_| ByKey(Box::new(key))))
    }

    /// Writes the results to the journal, as JSON. A second run hands them on again, as if the
    /// items had ended in it, so that it has all results.
    ///
    /// They must be the same after a way through JSON: a `NaN`, for example, is not. A stored
    /// result that does not fit the type stops the run. Until its item comes, each stored result
    /// is kept in memory.
    pub fn journal_results(self) -> Bulk<'a, I, Journaled<N, WithResults>> {
        self.with_journal(|journal| journal.with(|names| names))
    }

    /// Names the work: everything besides the item that its result depends on, such as the model
    /// and the version of the prompt. A journal with another name is refused. Default: none.
    pub fn journal_job(self, name: impl Into<String>) -> Self {
        let job = Some(name.into());
        self.with_journal(|journal| Journaled { job, ..journal })
    }

    /// Sets how often the file is brought to the disk, if lines were written. Default: one second.
    /// It is done at the end of the run too.
    pub fn journal_sync(self, every: Duration) -> Self {
        self.with_journal(|journal| Journaled {
            sync: every,
            ..journal
        })
    }
}

impl<'a, T, R, E, N: Names<'a, T>> IntoJournal<'a, T, Result<R, E>> for Journaled<N, DoneOnly> {
    fn into_journal(self) -> Option<Box<Journal<'a, T, Result<R, E>>>> {
        Some(Box::new(self.build(Codec::done_only())))
    }
}

impl<'a, T, R, E, N> IntoJournal<'a, T, Result<R, E>> for Journaled<N, WithResults>
where
    N: Names<'a, T>,
    R: Serialize + DeserializeOwned,
{
    fn into_journal(self) -> Option<Box<Journal<'a, T, Result<R, E>>>> {
        Some(Box::new(self.build(Codec::with_results())))
    }
}
