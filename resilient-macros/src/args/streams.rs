//! The keys of a function that gives a stream.

use super::{
    Args,
    key::{Row, row},
    resume::resume,
    value::{expression, flag, limit},
};

/// Their rows in the table of the attribute.
pub(super) const STREAMS: &[Row<Args>] = &[
    row(
        "first",
        "first = \"180s\"",
        &["first_chunk", "first_content", "first_token", "ttft"],
        |args, it| args.first.assign(it, limit),
    ),
    row(
        "idle",
        "idle = \"120s\"",
        &["idle_timeout", "read_timeout", "chunk_timeout", "stall"],
        |args, it| args.idle.assign(it, limit),
    ),
    row(
        "content",
        "content = Delta::has_text",
        &["is_content", "commit"],
        |args, it| args.content.assign(it, expression),
    ),
    row(
        "last",
        "last = Delta::is_final",
        &["is_last", "done", "finish"],
        |args, it| args.last.assign(it, expression),
    ),
    row(
        "usage",
        "usage = Delta::usage",
        &["tokens_of"],
        |args, it| args.usage.assign(it, expression),
    ),
    row(
        "resume",
        "resume = path::to::function",
        &["continue_with", "go_on", "reconnect"],
        |args, it| args.resume.fill(it, resume),
    ),
    row("stream", "stream = true", &["streaming"], |args, it| {
        args.stream.assign(it, flag)
    }),
];
