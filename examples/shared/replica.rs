//! One of the processes: it makes calls as fast as it may.

use super::Outcome;
use redis::{
    Client,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use resilient_runtime::{
    ApiError, Class, Classify as _, Rate, ReadChecked as _, SendChecked as _, Upstream, resilient,
    sharing::Sharing,
};
use std::time::{Duration, Instant};

static API: Upstream = Upstream::new("api").requests(Rate::per_second(20).burst(1));

#[resilient(upstream = API, attempts = 1)]
async fn ask(http: &reqwest::Client, url: &str) -> Result<String, ApiError> {
    http.get(url).send_checked().await?.text_checked().await
}

/// Prints how many of its calls the server has refused.
pub(super) async fn run(url: &str, redis: Option<&str>, lasts: Duration) -> Outcome {
    if let Some(redis) = redis {
        let config = ConnectionManagerConfig::new().set_max_delay(Duration::from_secs(1));
        // Lazy: the program also starts without the server.
        let connection = ConnectionManager::new_lazy_with_config(Client::open(redis)?, config)?;
        API.share(Sharing::redis(connection));
    }
    let http = resilient_examples::client();
    let begin = Instant::now();
    let mut refused = 0;
    while begin.elapsed() < lasts {
        if let Err(error) = ask(&http, url).await {
            if error.classify().class != Class::RateLimited {
                return Err(error.into());
            }
            refused += 1;
        }
    }
    println!("{refused}");
    Ok(())
}
