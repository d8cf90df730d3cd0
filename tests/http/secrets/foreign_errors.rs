//! Secrets in errors of other crates.

use super::{FAST, heard, request};
use resilient_runtime::{ApiError, CallError, Class, Classify, Rejection, resilient};
use resilient_tests::{CANARY, Leaky, Recorder, clean, printed, sources};
use std::error::Error;

/// A request that fails with a reqwest error, which includes the URL.
async fn plain(url: &str) -> Result<(), reqwest::Error> {
    let url = url.replace("https://", &format!("https://{CANARY}@"));
    request(&format!("{url}/?key={CANARY}")).send().await?;
    Ok(())
}

/// One annotated call for each kind of error type and each cause.
macro_rules! wrapped {
    ($name:ident, $error:ty) => {
        #[resilient(policy = FAST)]
        async fn $name(leaky: bool) -> Result<(), $error> {
            if leaky {
                Err(Leaky)?;
            }
            Ok(plain("https://127.0.0.1:1").await?)
        }
    };
}

#[derive(Debug, thiserror::Error, Classify)]
enum Derived {
    #[error("{0}")]
    #[classify(delegate)]
    Leaky(#[from] Leaky),
    #[error(transparent)]
    #[classify(delegate)]
    Transport(#[from] reqwest::Error),
    #[error(transparent)]
    #[classify(rejection)]
    Rejected(Rejection),
}

wrapped!(anyhow, anyhow::Error);
wrapped!(boxed, Box<dyn Error + Send + Sync>);
wrapped!(derived, Derived);

#[resilient(policy = FAST)]
async fn call_leaky() -> Result<(), CallError<Leaky>> {
    Err(Leaky)?
}

#[resilient(policy = FAST)]
async fn call_plain() -> Result<(), CallError<reqwest::Error>> {
    Ok(plain("https://127.0.0.1:1").await?)
}

/// The output of such an error type is its own responsibility; the output of the library is ours.
#[resilient_runtime::test(no_waits)]
async fn f82_no_secret_of_a_foreign_error_is_shown() {
    let (recorder, _guard) = Recorder::start();
    for leaky in [true, false] {
        let erased = anyhow(leaky).await.unwrap_err();
        clean(&format!("{:?}", erased.classify()));
        // The foreign texts must contain the secret, or the test proves nothing.
        assert!(format!("{erased:?}").contains(CANARY));
        let erased = ApiError::from_transport(erased).url(&format!("https://{CANARY}@h/"));
        clean(&printed(&erased));
        let boxed = boxed(leaky).await.unwrap_err();
        clean(&format!("{:?}", boxed.classify()));
        clean(&printed(&ApiError::from_transport(boxed)));
        clean(&format!(
            "{:?}",
            derived(leaky).await.unwrap_err().classify()
        ));
    }
    let leaky = call_leaky().await.unwrap_err();
    clean(&printed(&leaky));
    clean(&format!("{:?} {:?}", leaky.history(), leaky.classify()));
    let transport = call_plain().await.unwrap_err();
    clean(&printed(&transport));
    clean(&format!(
        "{:?} {:?}",
        transport.history(),
        transport.classify()
    ));
    clean(&heard(&recorder));
}

/// The sources of an `ApiError` belong to another crate and print anything. URLs are removed from
/// them.
#[resilient_runtime::test(no_waits)]
async fn f82_the_source_of_an_api_error_has_no_url() {
    let refused = async || plain("https://127.0.0.1:1").await.unwrap_err();
    for error in [
        ApiError::from(refused().await),
        ApiError::from_transport(refused().await),
        ApiError::from_transport(Box::<dyn Error + Send + Sync>::from(refused().await)),
    ] {
        assert!(error.source().unwrap().is::<reqwest::Error>());
        assert_eq!(error.failure().class, Class::Connect);
        clean(&sources(&error));
        let erased = anyhow::Error::from(error);
        clean(&format!("{erased:#} {erased:?}"));
    }
}
