//! The reasons of failures: codes and kinds, for messages of a server contain keys and addresses.

use crate::sharing::store::StoreError;
use redis::{ErrorKind, RedisError};
use std::error::Error as _;

/// Codes of the server that are told as they are.
const CODES: [&str; 17] = [
    "ASK",
    "BUSY",
    "CLUSTERDOWN",
    "CROSSSLOT",
    "LOADING",
    "MASTERDOWN",
    "MISCONF",
    "MOVED",
    "NOAUTH",
    "NOPERM",
    "NOREPLICAS",
    "NOSCRIPT",
    "OOM",
    "READONLY",
    "TRYAGAIN",
    "WRONGPASS",
    "WRONGTYPE",
];

pub(super) fn store_error(error: &RedisError) -> StoreError {
    StoreError::new(reason(error))
}

fn reason(error: &RedisError) -> &'static str {
    if error.is_timeout() {
        return "timeout";
    }
    if let Some(code) = error.code().and_then(|code| known(&[code])) {
        return code;
    }
    if let Some(detail) = error.detail() {
        // Servers before 7.0 tell the code of a command that fails in a script after their own.
        let words: Vec<&str> = detail.split([' ', ':']).collect();
        if let Some(code) = known(&words) {
            return code;
        }
        // `Protocol error: unauthenticated multibulk length`, since the command is a long one.
        if words.contains(&"unauthenticated") {
            return "NOAUTH";
        }
    }
    if error.code().is_some() {
        return "an error of the server";
    }
    if error.is_connection_refusal() {
        return "connection refused";
    }
    if error.is_connection_dropped() {
        return "connection closed";
    }
    let io = error
        .source()
        .and_then(|source| source.downcast_ref::<std::io::Error>());
    if let Some(io) = io {
        return of_io(io.kind());
    }
    match error.kind() {
        ErrorKind::AuthenticationFailed => "WRONGPASS",
        ErrorKind::Io => "an error of the connection",
        ErrorKind::Parse | ErrorKind::UnexpectedReturnType => "the answer is malformed",
        _ => "an error of the client",
    }
}

fn known(words: &[&str]) -> Option<&'static str> {
    CODES.into_iter().find(|code| words.contains(code))
}

fn of_io(kind: std::io::ErrorKind) -> &'static str {
    match kind {
        std::io::ErrorKind::PermissionDenied => "permission denied",
        _ => "an error of the connection",
    }
}
