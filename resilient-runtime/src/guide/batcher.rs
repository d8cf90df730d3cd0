//! Gathering: single loads of many tasks become calls for many items.
//!
//! # Why
//!
//! A server answers one request for a hundred items faster than a hundred requests, and counts it
//! as one. But the items come one by one, from tasks that know nothing of each other. To gather
//! them takes a channel, a task that can die, and a reply to each caller that must not be lost.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, batch::{Batcher, SharedError}, resilient};
//! use std::{io, time::Duration};
//!
//! #[resilient(split)]
//! async fn embed(texts: Vec<String>) -> Result<Vec<usize>, CallError<io::Error>> {
//!     Ok(texts.iter().map(String::len).collect()) // instead of one request
//! }
//!
//! type Embeddings = Batcher<String, usize, SharedError<CallError<io::Error>>>;
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! let embeddings: Embeddings = Batcher::new(embed_each)
//!     .max(2048)
//!     .weight(|text: &String| text.len() as u64 / 4, 250_000)
//!     .wait(Duration::from_millis(5));
//! // In any number of tasks:
//! let vector = embeddings.load("a text".to_owned()).await;
//! # assert_eq!(vector.unwrap(), 6);
//! # }
//! ```
//!
//! A batch is sent when it is full by number or by weight, or when its first item has waited. With
//! a function that [splits](super::split), a bad item fails for its own load alone.
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `max`, items in a batch | 100 |
//! | `weight`, the largest sum of weights | none |
//! | `wait`, from the first item on | 5 ms |
//!
//! An item above the largest weight is sent alone. Batches in flight are not limited here: the
//! function's [concurrency limit](super::concurrency) or rate holds them back, and loads wait.
//!
//! # Events
//!
//! None of its own: the calls of the function log theirs.
//!
//! # What it will not do
//!
//! - It has no task in the background. The loads that wait for a batch call the function; if the
//!   one that polls it is dropped, another one goes on. A load that has polled the call and is then
//!   neither polled nor dropped holds up the others.
//! - A load that is dropped takes its item out of a batch that is not sent. Afterwards its result
//!   is dropped; the call ends with the last of its loads.
//! - A panic of the function reaches the load that polls it; the others fail with `cancelled`.
//! - The deadline of a call around a load ends that load, and not the batch.
//! - It keeps no results: the same item is asked for again.
