//! Bulk work: many items, each with its call, all of which get done.
//!
//! [`Bulk`] makes a call for each item, as many at once as the [`Upstream`](crate::Upstream) lets
//! through, and hands on each result as it ends. A failure of one item loses no other. The
//! [guide](crate::guide::bulk) has a page about it.
//!
//! ```
//! use resilient_runtime::{CallError, Upstream, bulk::Bulk, resilient};
//!
//! static API: Upstream = Upstream::new("api").requests_per_minute(500);
//!
//! #[resilient(upstream = API)]
//! async fn length(text: &str) -> Result<usize, CallError<std::io::Error>> {
//!     Ok(text.len())
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! let done = Bulk::new(["a", "bcd"]).run(|text| length(text)).collect().await;
//! assert!(done.stopped.is_none());
//! for (index, result) in done.results {
//!     println!("item {index}: {} letters", result.unwrap());
//! }
//! # }
//! ```

#[cfg(feature = "indicatif")]
mod bar;
mod collected;
mod in_flight;
mod journal;
mod pace;
mod progress;
mod report;
mod run;
mod settings;
mod stop;
mod tally;

pub use collected::{Collected, Rest};
pub use journal::NoJournal;
#[cfg(feature = "journal")]
#[cfg_attr(docsrs, doc(cfg(feature = "journal")))]
pub use journal::{ByHash, ByKey, DoneOnly, JournalError, JournalProblem, Journaled, WithResults};
pub use progress::{Progress, Waiting};
pub use run::Run;
pub use settings::Bulk;
pub use stop::Stop;
