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
        _ => error
            .raw_os_error()
            .map_or(Class::Unknown, |number| of_number(System::THIS, number)),
    }
}

/// Systems whose error numbers differ.
#[derive(Clone, Copy)]
enum System {
    Linux,
    Windows,
    /// The BSDs and macOS.
    Bsd,
}

impl System {
    const THIS: Self = if cfg!(any(target_os = "linux", target_os = "android")) {
        Self::Linux
    } else if cfg!(windows) {
        Self::Windows
    } else {
        Self::Bsd
    };
}

/// [`Class::Connect`] for "too many open files" (of this process or machine), "no buffer space" and
/// "host is down"; on Windows, [`Class::Dns`] for the numbers of a failed lookup.
fn of_number(system: System, number: i32) -> Class {
    match (system, number) {
        (System::Linux, 23 | 24 | 105 | 112)
        | (System::Windows, 10_024 | 10_055 | 10_064)
        | (System::Bsd, 23 | 24 | 55 | 64) => Class::Connect,
        // WSAHOST_NOT_FOUND, WSATRY_AGAIN, WSANO_RECOVERY and WSANO_DATA.
        // https://learn.microsoft.com/windows/win32/winsock/windows-sockets-error-codes-2
        (System::Windows, 11_001..=11_004) => Class::Dns,
        _ => Class::Unknown,
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

/// The standard library has no kind for it, only its own message. On Windows it returns the number
/// of the error instead, as [`of_number`] knows it.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f324_a_failed_lookup_on_windows_is_dns() {
        for number in 11_001..=11_004 {
            assert_eq!(of_number(System::Windows, number), Class::Dns, "{number}");
            assert_eq!(of_number(System::Linux, number), Class::Unknown, "{number}");
        }
    }

    #[test]
    fn exhausted_resources_of_the_machine_are_connect_on_every_system() {
        // EMFILE, ENFILE, ENOBUFS and EHOSTDOWN.
        for (system, numbers) in [
            (System::Linux, &[24, 23, 105, 112][..]),
            // Winsock has no ENFILE.
            (System::Windows, &[10_024, 10_055, 10_064]),
            (System::Bsd, &[24, 23, 55, 64]),
        ] {
            for number in numbers {
                assert_eq!(of_number(system, *number), Class::Connect, "{number}");
            }
            // ENOENT.
            assert_eq!(of_number(system, 2), Class::Unknown);
        }
    }
}
