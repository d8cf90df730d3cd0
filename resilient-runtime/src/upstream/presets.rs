//! Presets: upstreams with the limits that providers document.

use crate::{Concurrency, Policy, Rate, upstream::Upstream};
use std::time::Duration;

/// The timeout of an attempt in the official clients of `OpenAI` and Anthropic.
///
/// Source: `DEFAULT_TIMEOUT` in
/// [openai-python](https://github.com/openai/openai-python/blob/main/src/openai/_constants.py) and
/// [anthropic-sdk-python](https://github.com/anthropics/anthropic-sdk-python/blob/main/src/anthropic/_constants.py).
const SDK_TIMEOUT: Duration = Duration::from_secs(600);

/// Presets: the highest limits that a provider documents. The headers of the first responses lower
/// them to the limits of the account. Every setting can be changed, as in
/// `Upstream::openai().requests_per_minute(500)`. No preset has a circuit breaker.
///
/// Providers change their limits often; each number names its source and the date.
impl Upstream {
    /// The API of `OpenAI`: 15,000 requests and 40 million tokens per minute ([rate limits of the
    /// tier "Grow"](https://developers.openai.com/api/docs/models/gpt-6.1-sol), October 2026); 600
    /// s per attempt, as in its official client.
    ///
    /// `OpenAI` counts the larger of `max_tokens` and its estimate of the input, and counts failed
    /// requests too ([guide](https://developers.openai.com/api/docs/guides/rate-limits)): set
    /// `cost` accordingly.
    pub const fn openai() -> Self {
        Self::new("openai")
            .policy(Policy::new().timeout(SDK_TIMEOUT))
            .requests_per_minute(15_000)
            .tokens_per_minute(40_000_000)
    }

    /// The API of Anthropic: 10,000 requests and 10 million input tokens per minute ([rate limits
    /// of the tier "Scale"](https://platform.claude.com/docs/en/api/rate-limits), October 2026);
    /// 600 s per attempt, as in its official client.
    ///
    /// Its limits are token buckets that refill continuously, as here. Input read from the cache
    /// does not count.
    pub const fn anthropic() -> Self {
        Self::new("anthropic")
            .policy(Policy::new().timeout(SDK_TIMEOUT))
            .requests_per_minute(10_000)
            .tokens_per_minute(10_000_000)
    }

    /// The REST API of `GitHub`: 5,000 requests per hour and token, at most 100 concurrently ([rate
    /// limits](https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api),
    /// November 2026). The server ends requests after 10 s ([best
    /// practices](https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api)),
    /// so an attempt gets 15 s.
    ///
    /// Clients that continue while limited may be banned, so its `Retry-After` pauses all callers.
    /// Searches have a limit of their own (`x-ratelimit-resource`), which does not slow down other
    /// calls. To pace them too, give them an upstream of their own.
    pub const fn github() -> Self {
        Self::new("github")
            .policy(Policy::new().timeout(Duration::from_secs(15)))
            .requests(Rate::per_hour(5_000).burst(100))
            .concurrency(Concurrency::new(100))
            .gate(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_made_in_constants_and_can_be_changed() {
        static MINE: Upstream = Upstream::openai().requests_per_minute(500);
        static OTHERS: [Upstream; 2] = [Upstream::anthropic(), Upstream::github()];
        assert_eq!(MINE.config().requests, Some(Rate::per_minute(500)));
        assert_eq!(OTHERS[1].config().concurrency.map(|c| c.limit), Some(100));
        for upstream in [&MINE, &OTHERS[0], &OTHERS[1]] {
            assert_eq!(upstream.config().validate(), Ok(()));
        }
    }
}
