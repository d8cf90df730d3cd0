//! One request by each client.

use super::Boxed;
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper_util::{client::legacy, rt::TokioExecutor};
use resilient_runtime::{Class, Classification, Classify, Policy, Rejection, resilient};
use rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Client {
    Reqwest,
    Reqwest012,
    HyperUtil,
    Ureq,
    Octocrab,
}

pub(crate) const ALL: [Client; 5] = [
    Client::Reqwest,
    Client::Reqwest012,
    Client::HyperUtil,
    Client::Ureq,
    Client::Octocrab,
];

/// A request that trusts the root only; octocrab has roots of its own.
async fn get(client: Client, url: &str, root: &'static [u8]) -> Result<(), Boxed> {
    resilient_examples::install_tls();
    match client {
        Client::Reqwest => {
            let root = reqwest::Certificate::from_der(root)?;
            let http = reqwest::Client::builder().tls_certs_only([root]).no_proxy();
            http.build()?.get(url).send().await?;
        }
        Client::Reqwest012 => {
            let root = reqwest_012::Certificate::from_der(root)?;
            let http = reqwest_012::Client::builder().add_root_certificate(root);
            http.no_proxy().build()?.get(url).send().await?;
        }
        Client::HyperUtil => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_slice(root))?;
            let config = ClientConfig::builder().with_root_certificates(roots);
            let connector = hyper_rustls::HttpsConnectorBuilder::new()
                .with_tls_config(config.with_no_client_auth())
                .https_or_http()
                .enable_http1()
                .build();
            let http = legacy::Client::builder(TokioExecutor::new()).build(connector);
            let http: legacy::Client<_, Empty<Bytes>> = http;
            http.get(url.parse()?).await?;
        }
        Client::Ureq => {
            let url = url.to_owned();
            let ask = move || {
                let root = ureq::tls::Certificate::from_der(root);
                let roots = ureq::tls::RootCerts::new_with_certs(&[root.to_owned()]);
                let provider = rustls::crypto::ring::default_provider();
                let tls = ureq::tls::TlsConfig::builder()
                    .root_certs(roots)
                    .unversioned_rustls_crypto_provider(provider.into());
                let config = ureq::Agent::config_builder().proxy(None);
                let agent = config.tls_config(tls.build()).build().new_agent();
                agent.get(&url).call().map(drop)
            };
            tokio::task::spawn_blocking(ask).await??;
        }
        Client::Octocrab => {
            let http = octocrab::Octocrab::builder();
            let http = http.base_uri(url)?.build()?;
            http.get::<serde_json::Value, _, ()>("/", None).await?;
        }
    }
    Ok(())
}

struct Failed(Classification);

impl Classify for Failed {
    fn classify(&self) -> Classification {
        self.0.clone()
    }
}

impl From<Rejection> for Failed {
    fn from(rejection: Rejection) -> Self {
        Self(rejection.classification())
    }
}

/// The classification of the failure of up to three attempts.
pub(crate) async fn failure(client: Client, url: &str, root: &'static [u8]) -> Classification {
    #[resilient(policy = Policy::new().attempts(3))]
    async fn call(client: Client, url: &str, root: &'static [u8]) -> Result<(), Failed> {
        get(client, url, root)
            .await
            .map_err(|error| Failed(error.classify()))
    }
    let failed = call(client, url, root).await;
    failed.map_err(|Failed(failure)| failure).unwrap_err()
}

/// Whether it was tried as often as the class says.
pub(crate) fn attempts(class: Class) -> usize {
    if class == Class::CannotConnect { 1 } else { 3 }
}
