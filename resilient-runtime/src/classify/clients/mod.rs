//! Errors of other crates, one file per crate, and their common parts.

#[cfg(feature = "anyhow")]
mod anyhow;
#[cfg(feature = "async-openai-043")]
mod async_openai;
#[cfg(feature = "aws")]
mod aws;
#[cfg(feature = "backoff-04")]
mod backoff;
#[cfg(feature = "eyre-06")]
mod eyre;
#[cfg(feature = "hyper")]
mod http2;
#[cfg(feature = "hyper")]
mod hyper;
#[cfg(feature = "hyper-util-01")]
mod hyper_util;
#[cfg(feature = "sqlx-09")]
mod mysql;
#[cfg(feature = "octocrab-054")]
mod octocrab;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
mod reqwest;
#[cfg(any(feature = "reqwest-middleware-05", feature = "reqwest-middleware-04"))]
mod reqwest_middleware;
#[cfg(feature = "tonic-014")]
mod rpc;
#[cfg(feature = "tonic-014")]
mod rpc_words;
#[cfg(feature = "serde_json")]
mod serde_json;
#[cfg(feature = "sqlx-09")]
mod sqlite;
#[cfg(any(feature = "sqlx-09", feature = "tokio-postgres-07"))]
mod sqlstate;
#[cfg(feature = "sqlx-09")]
mod sqlx;
#[cfg(feature = "tokio-postgres-07")]
mod tokio_postgres;
#[cfg(feature = "tonic-014")]
pub(crate) mod tonic;
#[cfg(feature = "ureq")]
mod ureq;
