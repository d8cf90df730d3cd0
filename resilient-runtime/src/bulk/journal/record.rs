//! The journal of a run while it is used.

use super::{
    super::Stop,
    JournalError, JournalProblem,
    file::{Done, JournalFile},
    key::{Key, Name},
    line::{self, Header},
    sync::{Blocking, Syncing},
};
use crate::Class;
use serde_core::{Serialize, de::DeserializeOwned};
use std::{
    collections::{HashMap, VecDeque},
    mem,
    path::Path,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

/// The way in which results are stored; none for a journal without results.
pub(super) struct Codec<O> {
    write: fn(&O, &mut Vec<u8>) -> bool,
    read: Option<fn(&str) -> Option<O>>,
}

impl<R, E> Codec<Result<R, E>> {
    pub(super) fn done_only() -> Self {
        Self {
            write: |_, line| {
                line.extend_from_slice(b"true");
                true
            },
            read: None,
        }
    }

    pub(super) fn with_results() -> Self
    where
        R: Serialize + DeserializeOwned,
    {
        Self {
            write: |result, line| {
                let result = result.as_ref().ok();
                result.is_some_and(|result| serde_json::to_writer(line, result).is_ok())
            },
            read: Some(|text| serde_json::from_str(text).ok().map(Ok)),
        }
    }
}

impl<O> Codec<O> {
    pub(super) const fn has_results(&self) -> bool {
        self.read.is_some()
    }
}

/// The state of the file.
enum State {
    New(Header),
    Opening(Blocking<(JournalFile, Done)>),
    Open(JournalFile),
    /// At the end, or after an error: nothing is recorded.
    Closed,
}

/// The journal of a run, for items of the type `T` with outputs of the type `O`.
pub struct Journal<'a, T, O> {
    path: Arc<Path>,
    name: Name<'a, T>,
    codec: Codec<O>,
    state: State,
    syncing: Syncing,
    done: Done,
    in_flight: HashMap<usize, Key>,
    /// Not written yet.
    lines: Vec<u8>,
    /// The outputs whose lines are not written yet.
    unwritten: VecDeque<(usize, O)>,
    /// The outputs to be handed on.
    ready: VecDeque<(usize, O)>,
}

impl<'a, T, O> Journal<'a, T, O> {
    pub(super) fn new(
        path: Arc<Path>,
        header: Header,
        name: Name<'a, T>,
        codec: Codec<O>,
        sync: Duration,
    ) -> Self {
        Self {
            path,
            name,
            codec,
            state: State::New(header),
            syncing: Syncing::new(sync),
            done: Done::default(),
            in_flight: HashMap::new(),
            lines: Vec::new(),
            unwritten: VecDeque::new(),
            ready: VecDeque::new(),
        }
    }

    /// Opens the file. Ready when it is open, or with the reason why it cannot be.
    pub(in super::super) fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<Option<Stop>> {
        if let State::New(_) = self.state {
            if let State::New(header) = mem::replace(&mut self.state, State::Closed) {
                let path = Arc::clone(&self.path);
                let open = move || JournalFile::open(&path, &header);
                self.state = State::Opening(Blocking::spawn(&self.path, open));
            }
        }
        let State::Opening(task) = &mut self.state else {
            return Poll::Ready(None);
        };
        let Poll::Ready(opened) = task.poll(cx) else {
            return Poll::Pending;
        };
        Poll::Ready(match opened {
            Ok((file, done)) => {
                self.done = done;
                self.state = State::Open(file);
                None
            }
            Err(error) => Some(self.fails(error)),
        })
    }

    /// Whether an item is done. If so, its stored result, if any, is handed on next.
    pub(in super::super) fn is_done(&mut self, index: usize, item: &T) -> Result<bool, Stop> {
        let key = self.name.of(item);
        if !self.done.take(key.hash) {
            self.in_flight.insert(index, key);
            return Ok(false);
        }
        let stored = self.codec.read.zip(self.done.take_result(key.hash));
        if let Some((read, (line, result))) = stored {
            let Some(result) = read(&result) else {
                let problem = JournalProblem::UnfitResult { line };
                return Err(self.fails(JournalError::new(&self.path, problem)));
            };
            self.ready.push_back((index, result));
        }
        Ok(true)
    }

    /// An item has ended, with a class if it has failed, and without an output if it has panicked.
    pub(in super::super) fn ended(
        &mut self,
        index: usize,
        output: Option<O>,
        failed: Option<Class>,
    ) -> Option<Stop> {
        let mut problem = None;
        let key = self.in_flight.remove(&index);
        if let (State::Open(_), Some(key)) = (&self.state, key) {
            match (failed, &output) {
                (None, Some(output)) => {
                    let write = |line: &mut Vec<u8>| (self.codec.write)(output, line);
                    if !line::done(&mut self.lines, index, &key, write) {
                        problem = Some(JournalProblem::NoJson { index });
                    }
                }
                (class, _) => {
                    let class = class.unwrap_or(Class::Unknown);
                    line::failed(&mut self.lines, index, &key, class);
                }
            }
        }
        self.unwritten.extend(output.map(|output| (index, output)));
        problem.map(|problem| {
            // The lines of the others are good.
            let stop = self.write();
            let fails = self.fails(JournalError::new(&self.path, problem));
            stop.unwrap_or(fails)
        })
    }

    /// The number of items that have ended and have no line yet.
    pub(in super::super) fn unwritten(&self) -> usize {
        self.unwritten.len()
    }

    /// The next result to be handed on.
    pub(in super::super) fn next(&mut self) -> Option<(usize, O)> {
        self.ready.pop_front()
    }

    /// Writes the lines of the items that have ended. Then their results are handed on, also if
    /// the lines cannot be written.
    pub(in super::super) fn write(&mut self) -> Option<Stop> {
        let mut stop = None;
        if let (State::Open(file), false) = (&mut self.state, self.lines.is_empty()) {
            match file.write(&self.lines) {
                Ok(()) => self.syncing.lines_were_written(),
                Err(error) => stop = Some(self.fails(error)),
            }
        }
        self.lines.clear();
        self.ready.append(&mut self.unwritten);
        stop
    }

    /// Brings the file to the disk when it is time. Registers the task for that time.
    pub(in super::super) fn poll_sync(&mut self, cx: &mut Context<'_>) -> Option<Stop> {
        let State::Open(file) = &self.state else {
            return None;
        };
        match self.syncing.poll(file, false, cx) {
            Poll::Ready(Err(error)) => Some(self.fails(error)),
            _ => None,
        }
    }

    /// Ready when all lines are on the disk, and the file is closed.
    pub(in super::super) fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Option<Stop>> {
        let State::Open(file) = &self.state else {
            return Poll::Ready(None);
        };
        let Poll::Ready(result) = self.syncing.poll(file, true, cx) else {
            return Poll::Pending;
        };
        self.state = State::Closed;
        Poll::Ready(result.err().map(|error| self.fails(error)))
    }

    /// Nothing is recorded from now on.
    fn fails(&mut self, error: JournalError) -> Stop {
        self.state = State::Closed;
        Stop::Journal(error)
    }
}
