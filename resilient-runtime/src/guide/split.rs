//! Batches that split: one bad item fails alone, and not the whole batch.
//!
//! # Why
//!
//! An API that takes many items in one request refuses all of them if one is too long, or if all
//! together are. To find that one takes a loop that sends halves again, keeps the order of the
//! results, and stops if the fault is not one of the items: with a wrong model's name, 2,048 texts
//! are 4,095 requests.
//!
//! # Use
//!
//! ```
//! # use resilient_runtime::{Class, Classification, Classify, Rejection, resilient};
//! # #[derive(Debug, Classify)]
//! # enum ApiError {
//! #     #[classify(context_length)]
//! #     TooLong,
//! #     #[classify(rejection)]
//! #     Rejected(Rejection),
//! # }
//! #[resilient(split, attempts = 3)]
//! async fn embed(texts: Vec<String>, model: &str) -> Result<Vec<usize>, ApiError> {
//! #   let _ = model;
//! #   if texts.iter().any(|text| text.len() > 9) { return Err(ApiError::TooLong); }
//! #   return Ok(texts.iter().map(String::len).collect());
//!     // one request with all texts
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! let texts = ["one", "more than enough", "three"].map(String::from);
//! for result in embed_each(texts.to_vec(), "small").await {
//!     match result {
//!         Ok(vector) => println!("{vector:?}"),
//!         Err(error) => eprintln!("{} items: {:?}", error.items(), error.error()),
//!     }
//! }
//! # }
//! ```
//!
//! `split` adds the function `embed_each` to `embed`, with the same arguments. It returns one
//! result for each item, in their order. Each batch is a call of `embed`, with its attempts, its
//! deadline and its limits; the batches are called one after another.
//!
//! # Defaults
//!
//! | failure of a batch, after its retries | effect |
//! |---|---|
//! | `context_length`, or the status 413 | its halves are tried, down to single items |
//! | `invalid_request`, `timeout`, `gateway_timeout` | so are they, until a batch, its halves and its quarters have all failed with one code, or without codes with one message: the rest of that batch is not tried |
//! | `authentication`, `quota_exhausted`, `cap_reached`, `cancelled` | no other batch is tried |
//! | any other class | the items of the batch fail, and the other batches go on |
//!
//! One bad item among `n` costs at most `2·log2(n)` calls more, rounded up. The items are the first
//! argument that is a `Vec`, or the one that `split = name` names. They are cloned, and so are all
//! arguments by value. The items of a batch share its error, a
//! [`SharedError`](crate::batch::SharedError): it says with how many others, after how many splits,
//! and whether this item was tried (`was_sent`).
//!
//! # Events
//!
//! `batch split`, with the class of the failure (`error.type`) and the number of `items`; those of
//! each call.
//!
//! # What it will not do
//!
//! - A split is no retry: it takes nothing from the retry budget, and no attempt of the halves.
//! - The [`deadline`](super::timeout) is that of each call; `tokio::time::timeout` limits them all.
//! - A batch with more or fewer results than items fails with `decode`, and is not halved: no
//!   result is handed to the wrong item.
//! - It does not look for several bad items that fail with one code in each quarter of a batch:
//!   put what differs into the code.
//! - It does not go with `hedge` and streams, nor with methods of a trait's `impl`. An associated
//!   function without `self` has to name `Self`.
