//! The chain after a variable: fields, methods, and the code that takes their value.

use super::tokens::is_single_dot;
use proc_macro2::{Delimiter, Group, Spacing, TokenTree};

/// Macros that borrow the values they are given.
const BORROWING: &[&str] = &[
    "format",
    "format_args",
    "print",
    "println",
    "eprint",
    "eprintln",
    "write",
    "writeln",
    "panic",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "matches",
    "log",
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "event",
    "span",
    "trace_span",
    "debug_span",
    "info_span",
    "warn_span",
    "error_span",
    "json",
    "bail",
    "ensure",
    "anyhow",
];

/// Starts of the names of methods that take `self` by value.
const CONSUMING: &[&str] = &[
    "into",
    "try_into",
    "await",
    "unwrap",
    "expect",
    "map",
    "filter_map",
    "flat",
    "zip",
    "enumerate",
    "and_then",
    "or_else",
    "ok_or",
    "collect",
    "fold",
    "for_each",
    "try_for_each",
    "try_fold",
    "try_collect",
    "boxed",
    "fuse",
    "buffer_unordered",
    "buffered",
];

/// Methods that read the body of a response, and take it by value.
const READING: &[&str] = &[
    "bytes",
    "bytes_stream",
    "error_for_status",
    "json",
    "text",
    "text_with_charset",
];

/// Methods whose result on a reference to a reference is a reference.
const CLONING: &[&str] = &["clone", "cloned", "copied", "to_owned"];

/// `.a.b.method()`
pub(super) struct Chain<'a> {
    /// `a.b`
    pub(super) fields: &'a [TokenTree],
    pub(super) end: End<'a>,
}

/// The end of a chain.
pub(super) enum End<'a> {
    /// A method that takes `self` by value, as its name says, or `await`.
    Consumed,
    /// A method that reads a response.
    Read,
    /// A method that clones.
    Cloned,
    /// Another method, a call or an index.
    Called,
    /// A block, as after `match value` or `if value`.
    Block(&'a Group),
    /// An operator, or `as`.
    Operator,
    Value,
}

impl<'a> Chain<'a> {
    /// The chain that begins after a variable.
    pub(super) fn of(after: &'a [TokenTree]) -> Self {
        let mut length = 0_usize;
        loop {
            let rest = after.get(length..).unwrap_or_default();
            let fields = after.get(1..length).unwrap_or_default();
            let end = match rest {
                [TokenTree::Punct(dot), TokenTree::Ident(method), rest @ ..]
                    if is_single_dot(dot) && (is_called(rest) || method == "await") =>
                {
                    End::of_method(&method.to_string())
                }
                [
                    TokenTree::Punct(dot),
                    TokenTree::Ident(_) | TokenTree::Literal(_),
                    ..,
                ] if is_single_dot(dot) => {
                    length = length.saturating_add(2);
                    continue;
                }
                rest => End::of_value(rest),
            };
            return Self { fields, end };
        }
    }
}

impl<'a> End<'a> {
    fn of_method(name: &str) -> Self {
        let is_such = |start: &&str| {
            let rest = name.strip_prefix(*start);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        };
        if CONSUMING.iter().any(is_such) {
            Self::Consumed
        } else if READING.contains(&name) {
            Self::Read
        } else if CLONING.contains(&name) {
            Self::Cloned
        } else {
            Self::Called
        }
    }

    fn of_value(after: &'a [TokenTree]) -> Self {
        match after {
            [TokenTree::Group(group), ..] if group.delimiter() == Delimiter::Brace => {
                Self::Block(group)
            }
            [TokenTree::Group(_), ..] => Self::Called,
            [TokenTree::Punct(punct), ..]
                if matches!(
                    punct.as_char(),
                    '.' | '=' | '!' | '<' | '>' | '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^'
                ) =>
            {
                Self::Operator
            }
            [TokenTree::Ident(word), ..] if word == "as" => Self::Operator,
            _ => Self::Value,
        }
    }
}

/// Whether a call follows the name of a method.
fn is_called(after: &[TokenTree]) -> bool {
    match after {
        [TokenTree::Group(group), ..] => group.delimiter() == Delimiter::Parenthesis,
        // `::<T>(..)`
        [TokenTree::Punct(first), ..] => {
            first.as_char() == ':' && first.spacing() == Spacing::Joint
        }
        _ => false,
    }
}

/// Whether the values in the parentheses after these tokens are borrowed.
pub(super) fn is_of_borrowing_macro(before: &[TokenTree]) -> bool {
    matches!(
        before,
        [.., TokenTree::Ident(name), TokenTree::Punct(not)]
            if not.as_char() == '!' && BORROWING.iter().any(|known| name == known)
    )
}
