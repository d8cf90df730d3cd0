//! The errors of redis.

use crate::{
    Class, Classification, Classify, FromRejection, Processed, Rejection, Retryable,
    classify::{chain, connecting},
};
use ::redis::{ErrorKind, RedisError, RetryMethod, ServerError};
use std::{error::Error as _, io};

/// Classified by the code at the start of the server's error, else by the connection's error. A
/// pipeline is classified by its first error.
///
/// `MOVED` and `ASK` are retried: from a cluster client they mean a cluster in motion. For a
/// single-node client a retry does not help.
impl Classify for RedisError {
    fn classify(&self) -> Classification {
        if let Ok(error) = ServerError::try_from(self.clone()) {
            return of_server(error.code(), error.details());
        }
        if let Some([(_, error), ..]) = self.clone().into_server_errors().as_deref() {
            let classification = of_server(error.code(), error.details());
            // A failed transaction did nothing; a plain pipeline did everything except the failed
            // commands.
            return if self.code() == Some("EXECABORT") {
                classification
            } else {
                classification.processed(Processed::Maybe)
            };
        }
        if self.category() == SERIALIZING {
            return Classification::new(Class::Decode).message(SERIALIZING);
        }
        if let Some(cause) = self.source().and_then(chain::from_chain) {
            if cause.class == Class::Unknown && self.is_connection_refusal() {
                // A missing Unix socket.
                return Classification::new(Class::Connect).message("no such socket");
            }
            return cause;
        }
        match self.code() {
            Some(code) => of_server(code, self.detail()),
            // The rest of the message may contain the value read.
            None => Classification::new(of_client(self)).message(self.category()),
        }
    }
}

/// The category of errors of JSON, whose kind exists only in some builds of redis.
const SERIALIZING: &str = "serializing";

/// An error of the connection, with the rejection as its source.
impl FromRejection for RedisError {
    fn from_rejection(rejection: Rejection) -> Self {
        io::Error::from(rejection).into()
    }
}

/// One row per code ([in general][errors], [of clusters][cluster]). Codes for a server that cannot
/// serve now are sent before the command is run.
///
/// [errors]: https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
/// [cluster]: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
fn of_server(code: &str, detail: Option<&str>) -> Classification {
    let of = Classification::new;
    let detail = detail.unwrap_or_default();
    let classification = match code {
        // Loading, in a script, out of memory, without its master, replicas or hash slots, or with
        // a hash slot in migration.
        "LOADING" | "BUSY" | "OOM" | "MASTERDOWN" | "NOREPLICAS" | "CLUSTERDOWN" | "TRYAGAIN" => {
            of(Class::Overloaded).processed(Processed::No)
        }
        "ERR" if detail.starts_with("max number of clients reached") => {
            of(Class::Overloaded).processed(Processed::No)
        }
        // Another node has the key, or is the master now: another connection can succeed.
        "MOVED" | "ASK" | "READONLY" | "UNBLOCKED" => of(Class::Network).processed(Processed::No),
        "NOAUTH" | "WRONGPASS" => of(Class::Authentication),
        "NOPERM" | "DENIED" => of(Class::Permission),
        // It cannot save to its disk, and rejects writes until that is repaired.
        "MISCONF" => of(Class::ServerError)
            .retryable(Retryable::No)
            .processed(Processed::No),
        // It still exists at the next attempt.
        "BUSYKEY" | "BUSYGROUP" => of(Class::Conflict).retryable(Retryable::No),
        "NOSCRIPT" | "NOGROUP" => of(Class::NotFound),
        "ERR" | "CROSSSLOT" | "EXECABORT" | "NOPROTO" | "NOSUB" | "NOTBUSY" | "WRONGTYPE" => {
            of(Class::InvalidRequest)
        }
        _ => of(Class::Unknown),
    };
    // The error for an unknown command contains its arguments: `HELLO 3 AUTH default hunter2`.
    let message = detail.split(", with args beginning").next();
    classification
        .code(code)
        .message(message.unwrap_or_default())
}

fn of_client(error: &RedisError) -> Class {
    match error.kind() {
        ErrorKind::AuthenticationFailed => Class::Authentication,
        // The connection was closed midway: only the parser's message shows it.
        ErrorKind::Parse
            if error
                .detail()
                .is_some_and(|text| text.contains("end of input")) =>
        {
            Class::Network
        }
        // An error of TLS, which has the kind of a wrong configuration.
        ErrorKind::Client if connecting::has_final(error) => Class::CannotConnect,
        ErrorKind::Parse | ErrorKind::UnexpectedReturnType => Class::Decode,
        ErrorKind::InvalidClientConfig
        | ErrorKind::Client
        | ErrorKind::EmptySentinelList
        | ErrorKind::RESP3NotSupported => Class::InvalidRequest,
        ErrorKind::MasterNameNotFoundBySentinel
        | ErrorKind::NoValidReplicasFoundBySentinel
        | ErrorKind::ClusterConnectionNotFound => Class::Connect,
        _ => match error.retry_method() {
            RetryMethod::NoRetry => Class::Unknown,
            RetryMethod::WaitAndRetry => Class::Overloaded,
            _ => Class::Network,
        },
    }
}
