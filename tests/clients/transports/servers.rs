//! Servers that fail before a request, and count connections.

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// A certificate that is signed by itself, and its key.
pub(crate) struct Certificate(pub(crate) &'static [u8], &'static [u8]);

macro_rules! certificate {
    ($name:literal) => {
        Certificate(
            include_bytes!(concat!("../../fixtures/tls/", $name, ".der")),
            include_bytes!(concat!("../../fixtures/tls/", $name, "_key.der")),
        )
    };
}

/// For localhost and 127.0.0.1.
pub(crate) const VALID: Certificate = certificate!("valid");
/// For localhost and 127.0.0.1, until 2020.
pub(crate) const EXPIRED: Certificate = certificate!("expired");
/// For another host.
pub(crate) const WRONG_NAME: Certificate = certificate!("wrong_name");

pub(crate) struct Counted {
    pub(crate) address: String,
    connections: Arc<AtomicUsize>,
}

impl Counted {
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

async fn serving<F: Future<Output = ()> + Send + 'static>(
    serve: impl Fn(TcpStream) -> F + Send + 'static,
) -> Counted {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(serve(stream));
        }
    });
    Counted {
        address,
        connections,
    }
}

/// Sends these bytes after the first of the client, and closes the connection.
pub(crate) async fn replying(reply: &'static [u8]) -> Counted {
    serving(move |mut stream| async move {
        let _ = stream.read(&mut [0; 4096]).await;
        let _ = stream.write_all(reply).await;
    })
    .await
}

/// A server of TLS, which wants a certificate of its clients or none.
pub(crate) async fn tls(own: Certificate, of_clients: Option<Certificate>) -> Counted {
    resilient_examples::install_tls();
    let config = match of_clients {
        Some(Certificate(root, _)) => {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(CertificateDer::from_slice(root)).unwrap();
            let verifier = WebPkiClientVerifier::builder(Arc::new(roots));
            ServerConfig::builder().with_client_cert_verifier(verifier.build().unwrap())
        }
        None => ServerConfig::builder().with_no_client_auth(),
    };
    let Certificate(certificate, key) = own;
    let chain = vec![CertificateDer::from_slice(certificate)];
    let key = PrivatePkcs8KeyDer::from(key).into();
    let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).unwrap()));
    serving(move |stream| {
        let accepting = acceptor.accept(stream).into_fallible();
        async move {
            // Until the client closes: unread bytes would reset the connection before the alert.
            match accepting.await {
                Ok(mut stream) => while matches!(stream.read(&mut [0; 4096]).await, Ok(1..)) {},
                Err((_, mut stream)) => {
                    let _ = stream.shutdown().await;
                    while matches!(stream.read(&mut [0; 4096]).await, Ok(1..)) {}
                }
            }
        }
    })
    .await
}
