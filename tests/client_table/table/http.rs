//! Errors of clients of HTTP, from a server on loopback.

use resilient_client_table::{REFUSED, REPLIES, Table, replying};

/// Both versions of reqwest have the same methods and no common trait.
#[cfg(any(feature = "reqwest", feature = "reqwest-012"))]
macro_rules! of_reqwest {
    ($table:expr, $name:literal, $reqwest:ident) => {{
        // Unless another crate has chosen one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = $reqwest::Client::builder().no_proxy().build().unwrap();
        let ask = async |url: &str| {
            let response = client.get(url).send().await?.error_for_status()?;
            response.json::<u8>().await
        };
        for (reply, bytes) in REPLIES {
            let error = ask(&replying(bytes)).await.unwrap_err();
            $table.row($name, reply, error);
        }
        $table.row($name, "refused", ask(REFUSED).await.unwrap_err());
        $table.row($name, "a relative URL", ask("/").await.unwrap_err());
    }};
}

pub(crate) async fn rows(table: &mut Table) {
    #[cfg(feature = "reqwest")]
    of_reqwest!(table, "reqwest 0.13", reqwest);
    #[cfg(feature = "reqwest-012")]
    of_reqwest!(table, "reqwest 0.12", reqwest_012);
    #[cfg(feature = "hyper-util")]
    hyper_util(table).await;
    #[cfg(feature = "octocrab")]
    octocrab(table).await;
    #[cfg(feature = "ureq")]
    ureq(table);
}

#[cfg(feature = "hyper-util")]
async fn hyper_util(table: &mut Table) {
    use http_body_util::{BodyExt as _, Empty};
    use hyper_util::{client::legacy::Client, rt::TokioExecutor};
    let client = Client::builder(TokioExecutor::new());
    let client = client.build_http::<Empty<&'static [u8]>>();
    for (name, reply) in REPLIES {
        match client.get(replying(reply).parse().unwrap()).await {
            Err(error) => table.row("hyper-util", name, error),
            Ok(answer) => {
                if let Err(error) = answer.into_body().collect().await {
                    table.row("hyper", name, error);
                }
            }
        }
    }
    for (name, url) in [("refused", REFUSED), ("a relative URL", "/")] {
        let error = client.get(url.parse().unwrap()).await.unwrap_err();
        table.row("hyper-util", name, error);
    }
}

#[cfg(feature = "octocrab")]
async fn octocrab(table: &mut Table) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ask = async |url: &str| {
        let client = octocrab::Octocrab::builder().base_uri(url)?.build()?;
        client.get::<u8, _, ()>("/rate_limit", None).await
    };
    for (name, reply) in REPLIES {
        let error = ask(&replying(reply)).await.unwrap_err();
        table.row("octocrab", name, error);
    }
    table.row("octocrab", "refused", ask(REFUSED).await.unwrap_err());
}

#[cfg(feature = "ureq")]
fn ureq(table: &mut Table) {
    let agent = ureq::Agent::config_builder().proxy(None).build();
    let agent = agent.new_agent();
    let ask = |url: &str| agent.get(url).call()?.body_mut().read_to_vec();
    for (name, reply) in REPLIES {
        if let Err(error) = ask(&replying(reply)) {
            table.row("ureq", name, error);
        }
    }
    table.row("ureq", "refused", ask(REFUSED).unwrap_err());
    table.row("ureq", "a relative URL", ask("/").unwrap_err());
}
