//! Errors of the standard library and of tokio.

use crate::{Class, Classification, Classify, Processed};
use std::io::{self, ErrorKind};

impl Classify for io::Error {
    /// Refused and unreachable connections are [`Class::Connect`]; broken ones and truncated
    /// responses are [`Class::Network`]; an unknown host name is [`Class::Dns`]; an error of this
    /// machine (permissions, files) is [`Class::Unknown`].
    ///
    /// An `io::Error` that wraps another known error has its classification.
    fn classify(&self) -> Classification {
        if let Some(inner) = self.get_ref() {
            if let Some(classification) = crate::classify::chain::from_chain(inner) {
                return classification;
            }
        }
        let class = match self.kind() {
            _ if is_lookup(self) => Class::Dns,
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
            _ => Class::Unknown,
        };
        Classification::new(class).message(&self.to_string())
    }
}

/// The standard library has no kind for it, only its own message; on systems that do not use
/// `getaddrinfo` the failure stays unknown.
fn is_lookup(error: &io::Error) -> bool {
    let text = error.get_ref().map(ToString::to_string);
    text.is_some_and(|text| text.starts_with("failed to lookup address information"))
}

impl Classify for tokio::time::error::Elapsed {
    fn classify(&self) -> Classification {
        Classification::new(Class::Timeout).processed(Processed::Maybe)
    }
}
