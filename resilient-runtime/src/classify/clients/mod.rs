//! Errors of other crates, one file per crate, and their common parts.

#[cfg(feature = "anyhow")]
mod anyhow;
#[cfg(feature = "async-openai")]
mod async_openai;
#[cfg(feature = "aws")]
mod aws;
#[cfg(feature = "backoff")]
mod backoff;
#[cfg(feature = "eyre")]
mod eyre;
#[cfg(feature = "hyper")]
mod hyper;
#[cfg(feature = "hyper-util")]
mod hyper_util;
#[cfg(feature = "octocrab")]
mod octocrab;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "reqwest", feature = "reqwest-012"))]
mod reqwest;
#[cfg(feature = "tonic")]
mod rpc;
#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
mod sqlstate;
#[cfg(feature = "sqlx")]
mod sqlx;
#[cfg(feature = "tokio-postgres")]
mod tokio_postgres;
#[cfg(feature = "tonic")]
mod tonic;
#[cfg(feature = "ureq")]
mod ureq;
