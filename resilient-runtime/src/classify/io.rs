//! Errors of the standard library and of tokio.

use crate::{
    Class, Classification, Classify, Processed,
    classify::{chain, connecting, walk},
};
use std::{
    error::Error,
    io::{self, ErrorKind},
};

impl Classify for io::Error {
    /// Refused and unreachable connections are [`Class::Connect`]; broken ones and truncated
    /// responses are [`Class::Network`]; an unknown host name is [`Class::Dns`]; a certificate that
    /// is not valid is [`Class::CannotConnect`]; an error of this machine (permissions, files) is
    /// [`Class::Unknown`].
    ///
    /// The kind does not tell whether the request was sent: a read from an established connection
    /// also fails with "refused" or "unreachable", after a router or firewall has said so. So these
    /// kinds are [`Processed::Maybe`]. For an error of `TcpStream::connect`, a function of
    /// `classify = …` or a variant with `#[classify(connect)]` can say that nothing was sent.
    ///
    /// An `io::Error` that wraps another known error has its classification.
    fn classify(&self) -> Classification {
        chain::from_chain(self).unwrap_or_else(|| by_kind(self))
    }
}

/// The class of the kind alone.
pub(super) fn class_of(error: &io::Error) -> Class {
    match error.kind() {
        ErrorKind::ConnectionRefused
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::AddrNotAvailable => Class::Connect,
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::NotConnected
        | ErrorKind::UnexpectedEof
        | ErrorKind::Interrupted => Class::Network,
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Class::Timeout,
        ErrorKind::InvalidData => Class::Decode,
        // The standard library has no kind for these.
        _ if error.raw_os_error().is_some_and(is_transient) => Class::Connect,
        _ => Class::Unknown,
    }
}

/// True for "too many open files" (of this process or machine), "no buffer space" or "host is
/// down".
fn is_transient(number: i32) -> bool {
    if cfg!(any(target_os = "linux", target_os = "android")) {
        matches!(number, 23 | 24 | 105 | 112)
    } else if cfg!(windows) {
        matches!(number, 10_024 | 10_055 | 10_064)
    } else {
        // The BSDs and macOS.
        matches!(number, 23 | 24 | 55 | 64)
    }
}

/// A failure of this class, as an `io::Error` tells it.
pub(super) fn by_class(class: Class) -> Classification {
    let failure = Classification::new(class);
    match class {
        // Linux keeps the error of an ICMP message (host, network or port unreachable) for the
        // time when it gives up sending again: a read returns it in the place of a timeout.
        Class::Connect => failure.processed(Processed::Maybe),
        _ => failure,
    }
}

/// The classification by kind, without the error that it wraps.
pub(super) fn by_kind(error: &io::Error) -> Classification {
    let failure = if is_lookup(error) {
        Classification::new(Class::Dns)
    } else if error.kind() == ErrorKind::AddrNotAvailable {
        // No address of this machine was free to connect from.
        Classification::new(Class::Connect)
    } else if is_refused_certificate(error) {
        Classification::new(Class::CannotConnect)
    } else {
        by_class(class_of(error))
    };
    failure.message(&walk::text(error))
}

/// Invalid data that holds an error of TLS, as from rustls: also of a read after the handshake of
/// the client, if the server wants a certificate.
fn is_refused_certificate(error: &io::Error) -> bool {
    let is_final = |inner| connecting::is_final(&walk::text(inner));
    error.kind() == ErrorKind::InvalidData
        && error
            .get_ref()
            .is_some_and(|inner| is_final(inner as &(dyn Error + 'static)))
}

/// The standard library has no kind for it, only its own message; on systems that do not use
/// `getaddrinfo` the failure stays unknown.
fn is_lookup(error: &io::Error) -> bool {
    let text = error
        .get_ref()
        .map(|inner| walk::text(inner as &(dyn Error + 'static)));
    text.is_some_and(|text| text.starts_with("failed to lookup address information"))
}

impl Classify for tokio::time::error::Elapsed {
    fn classify(&self) -> Classification {
        Classification::new(Class::Timeout).processed(Processed::Maybe)
    }
}
