//! Journal: a second run of bulk work goes on where the first one was killed.
//!
//! # Why
//!
//! Ten thousand calls take hours, and cost money. A process that is killed in the middle, by a
//! deployment, the kernel or a power cut, has done half of them, and nobody knows which half. To do
//! all again pays twice; to guess leaves gaps.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, bulk::Bulk, resilient};
//! # use std::io;
//!
//! #[resilient(attempts = 6, idempotent = true)]
//! async fn summary(file: String) -> Result<String, CallError<io::Error>> {
//!     Ok(file.to_uppercase()) // instead of a request
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! # let journal = std::env::temp_dir().join(format!("guide-{}.jsonl", std::process::id()));
//! let files = ["a.txt", "b.txt"].map(String::from);
//! let run = Bulk::new(files)
//!     .journal(&journal)                          // the path of a file, such as "summaries.jsonl"
//!     .journal_key(|file| file.clone())           // without it, items are known by their hash
//!     .journal_results()                          // a second run hands them on again
//!     .journal_job("summaries, prompt 3, model a") // a journal of other work is refused
//!     .run(summary);
//! let done = run.collect().await;
//! if let Some(stop) = done.stopped {
//!     eprintln!("{stop}");
//! }
//! assert_eq!(done.results.len(), 2);
//! # std::fs::remove_file(journal).unwrap();
//! # }
//! ```
//!
//! The file has a line for each item that has ended, `{"index":0,"key":"a.txt","ok":"A.TXT"}` or
//! `{"index":1,"key":"b.txt","failed":"timeout"}`, after a first line about the run. An item that
//! has failed is begun again. Items may come in another order, and be more or fewer than before.
//!
//! A line is written before its result is handed on. A kill loses no line, and a second run repeats
//! at most what was in flight: give its requests an
//! [idempotency key](crate::AttemptContext::idempotency_key) if that matters. A last line that is
//! half-written is removed when the journal is opened. A failure of the machine loses the lines
//! since the last fsync, whose items are repeated.
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `journal` | none; it needs the feature `journal` |
//! | `journal_key` | the hash of the item |
//! | `journal_results` | off: the journal only says which items are done |
//! | `journal_job` | no name |
//! | `journal_sync` | an fsync every second while lines are written, and at the end |
//!
//! # Events
//!
//! `bulk stopped` with the reason `journal`.
//! [`Stop::Journal`](crate::bulk::Stop::Journal) says why a journal cannot be used: it is open in
//! another run, full, removed during the run, damaged in a line, or of other work. The run stops
//! then, and hands on the results of what is in flight.
//! [`Progress::skipped`](crate::bulk::Progress::skipped) counts the items that were done before.
//!
//! # What it will not do
//!
//! - Without `journal_results` it does not keep results: an item that needs its result saved saves
//!   it itself, since a kill may come before it is handed on.
//! - It does not notice other work: a changed prompt or model needs another `journal_job`.
//! - It does not lock on network file systems that have no locks, nor against other programs.
//! - It does not shrink: items that fail in each run add a line in each.
//! - It holds no error, but results and keys: the file is created for its owner only.
