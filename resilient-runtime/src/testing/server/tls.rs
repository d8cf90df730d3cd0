//! TLS with a certificate that no client trusts: self-signed, and for `wrong.host.invalid`.

use std::io;
use tokio_rustls::rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivatePkcs8KeyDer},
};

const CERTIFICATE: &[u8] = include_bytes!("wrong_certificate.der");
/// It protects nothing: everybody has it.
const KEY: &[u8] = include_bytes!("wrong_certificate_key.der");

/// With the crypto provider of the process. A provider of our own would be a second one in the
/// build, and rustls does not choose between two.
pub(super) fn config() -> io::Result<ServerConfig> {
    let certificates = vec![CertificateDer::from_slice(CERTIFICATE)];
    let config = ServerConfig::builder().with_no_client_auth();
    config
        .with_single_cert(certificates, PrivatePkcs8KeyDer::from(KEY).into())
        .map_err(io::Error::other)
}
