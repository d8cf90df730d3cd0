//! Rules for time limits that exclude each other.

use super::known;
use crate::{
    args::Args,
    text::{duration::written, errors::Errors, names::defaults},
};
use std::time::Duration;

pub(super) fn check(args: &Args, errors: &mut Errors) {
    let timeout = match known(&args.timeout) {
        None if args.timeout.is_empty() && args.is_on_built_in() => {
            Some(Duration::from_secs(defaults::TIMEOUT_SECS))
        }
        timeout => timeout.flatten(),
    };
    if let (Some(Some(first)), Some(timeout), Some(given)) =
        (known(&args.first), timeout, args.first.given())
    {
        if first < timeout {
            let timeout = written(timeout);
            let change = if args.timeout.is_empty() {
                format!(
                    "is {timeout} by default: make it longer, or add a `timeout` that is shorter"
                )
            } else {
                format!("is {timeout}: make it longer, or the `timeout` shorter")
            };
            errors.at(
                &given.words,
                format!(
                    "the time until the first content includes the opening of the stream, whose \
                    timeout {change}"
                ),
            );
        }
    }
    let Some(deadline) = known(&args.deadline).flatten() else {
        return;
    };
    let limit = written(deadline);
    for (cell, what) in [
        (&args.timeout, "the timeout of one attempt"),
        (&args.first, "the time until the first content"),
        (&args.idle, "the longest gap in the stream"),
    ] {
        if let (Some(Some(time)), Some(given)) = (known(cell), cell.given()) {
            if time > deadline {
                errors.at(
                    &given.words,
                    format!(
                        "{what} is longer than the deadline of the whole call, {limit}: \
                        make it shorter, or the deadline longer"
                    ),
                );
            }
        }
    }
    if let (Some(wait), Some(given)) = (known(&args.max_retry_after), args.max_retry_after.given())
    {
        if wait > deadline {
            errors.at(
                &given.words,
                format!(
                    "a server's wait of this length never fits into the deadline, {limit}: \
                    make it shorter, or the deadline longer"
                ),
            );
        }
    }
}
