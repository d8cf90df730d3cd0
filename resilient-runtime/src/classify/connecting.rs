//! Permanent and transient failures to connect.
//!
//! TLS libraries and tunnels are not dependencies of this crate, so their errors are known by their
//! texts. The texts are searched only in the sources of a connect error of a client, and in an
//! `io::Error` of invalid data, which is what rustls returns.

use crate::{
    Class, Classification, Processed,
    classify::{chain, walk},
};
use std::error::Error;

/// Parts of the texts of permanent connect failures. All others are transient: an end or a reset
/// within the handshake, a damaged record, an internal error of the peer, or the status 502 of a
/// proxy.
const FINAL: &[&[&str]] = &[
    // `Display` of `rustls::Error`: a certificate that is expired, revoked, for another host or of
    // an unknown issuer; an answer that is not TLS; no common version, cipher or protocol.
    // https://github.com/rustls/rustls/blob/v/0.23.46/rustls/src/error.rs
    &[
        "invalid peer certificate: ",
        "received corrupt message of type InvalidContentType",
        "peer is incompatible: ",
        "peer sent no certificates",
        "peer doesn't support any known protocol",
        "presented server name type wasn't supported",
    ],
    // Alerts as rustls names them, from a server that refuses the client's certificate, the name
    // or all that the client supports. https://www.rfc-editor.org/rfc/rfc8446#section-6.2
    &[
        "received fatal alert: AccessDenied",
        "received fatal alert: BadCertificate",
        "received fatal alert: Certificate",
        "received fatal alert: HandshakeFailure",
        "received fatal alert: InsufficientSecurity",
        "received fatal alert: NoApplicationProtocol",
        "received fatal alert: ProtocolVersion",
        "received fatal alert: UnknownCA",
        "received fatal alert: UnrecognisedName",
        "received fatal alert: UnsupportedCertificate",
    ],
    // OpenSSL, also below native-tls: the first is for every certificate that is not valid, the
    // next three for an answer that is not TLS, the others for alerts.
    // https://github.com/openssl/openssl/blob/openssl-3.0/ssl/ssl_err.c
    &[
        "certificate verify failed",
        "wrong version number",
        "packet length too long",
        ":http request:",
        "unsupported protocol",
        "no protocols available",
        "alert access denied",
        "alert bad certificate",
        "alert certificate",
        "alert handshake failure",
        "alert insufficient security",
        "alert no application protocol",
        "alert protocol version",
        "alert unknown ca",
        "alert unrecognized name",
        "alert unsupported certificate",
    ],
    // Schannel, below native-tls on Windows, whose texts are in the language of the system:
    // SEC_E_UNTRUSTED_ROOT, _WRONG_PRINCIPAL, _CERT_EXPIRED, _CERT_UNKNOWN, _ILLEGAL_MESSAGE,
    // _INVALID_TOKEN (the last two for an answer that is not TLS), _ALGORITHM_MISMATCH,
    // CERT_E_UNTRUSTEDROOT, _CN_NO_MATCH, _EXPIRED, _REVOKED, and CRYPT_E_REVOKED.
    // https://learn.microsoft.com/windows/win32/com/com-error-codes-4
    &[
        "(os error -2146893019)",
        "(os error -2146893022)",
        "(os error -2146893016)",
        "(os error -2146893017)",
        "(os error -2146893018)",
        "(os error -2146893048)",
        "(os error -2146893007)",
        "(os error -2146762487)",
        "(os error -2146762481)",
        "(os error -2146762495)",
        "(os error -2146762484)",
        "(os error -2146885616)",
    ],
    // Secure Transport, below native-tls on macOS: errSSLXCertChainInvalid, UnknownRootCert,
    // NoRootCert, CertExpired, CertNotYetValid, HostNameMismatch, PeerHandshakeFail,
    // PeerProtocolVersion and PeerUnknownCA, or the system's message for the first.
    // https://developer.apple.com/documentation/security/secure-transport-result-codes
    &[
        "error code -9807",
        "error code -9812",
        "error code -9813",
        "error code -9814",
        "error code -9815",
        "error code -9843",
        "error code -9824",
        "error code -9836",
        "error code -9831",
        "certificate was not trusted",
    ],
    // hyper-util, also below reqwest: a proxy that wants credentials or refuses them (any other
    // status but 200 is "unsuccessful", which may be a 502 and is retried), and a URL for which the
    // connector is not made. hyper-rustls: the same. reqwest up to 0.12.15: its own tunnel.
    // https://github.com/hyperium/hyper-util/tree/v0.1.21/src/client/legacy/connect
    // https://github.com/rustls/hyper-rustls/blob/v/0.27.10/src/connector.rs
    &[
        "proxy authorization required",
        "proxy authentication required",
        "SOCKS error: credentials not accepted",
        "SOCKS error: server does not support user/pass authentication",
        "invalid URL, ",
        "unsupported scheme ",
        "invalid dns name",
    ],
    // tokio-postgres and sqlx: TLS was required of a database, or of a build, without it.
    // https://github.com/sfackler/rust-postgres/blob/master/tokio-postgres/src/connect_tls.rs
    // https://github.com/launchbadge/sqlx/blob/v0.9.0/sqlx-core/src/net/tls/mod.rs
    &["server does not support TLS", "TLS upgrade required"],
];

/// Whether this text of a connect error is that of a permanent failure.
pub(super) fn is_final(text: &str) -> bool {
    FINAL
        .iter()
        .any(|texts| texts.iter().any(|part| text.contains(part)))
}

/// Whether an error in the chain has the text of a permanent failure.
#[allow(dead_code, reason = "for clients, each of which is a feature")]
pub(super) fn has_final(error: &(dyn Error + 'static)) -> bool {
    walk::texts(error).any(|text| is_final(&text))
}

/// The classification of a client's connect error: nothing was sent.
#[allow(dead_code, reason = "for clients, each of which is a feature")]
pub(super) fn failure(error: &(dyn Error + 'static)) -> Classification {
    let known = error.source().and_then(chain::from_chain);
    of(error, known)
}

/// The classification of the cause of a client's connect error.
#[allow(dead_code, reason = "for clients, each of which is a feature")]
pub(super) fn failure_below(cause: &(dyn Error + 'static)) -> Classification {
    of(cause, chain::from_chain(cause))
}

#[allow(dead_code, reason = "for clients, each of which is a feature")]
fn of(error: &(dyn Error + 'static), known: Option<Classification>) -> Classification {
    let known = known.filter(|known| {
        let class = known.class;
        matches!(
            class,
            Class::Dns | Class::Timeout | Class::CannotConnect | Class::Connect
        )
    });
    // A connect error in the chain has searched the texts already.
    let failure = known.unwrap_or_else(|| {
        let class = if has_final(error) {
            Class::CannotConnect
        } else {
            Class::Connect
        };
        Classification::new(class).message(&chain::cause(error))
    });
    failure.processed(Processed::No)
}
