//! Advice about a failure, for developers and for end users.

use super::{Classification, Retryable, class::UserMessage};
use std::time::Duration;

/// Codes with more specific advice than their class.
const BY_CODE: &[(&[&str], &str)] = &[
    (
        &["invalid_api_key", "API_KEY_INVALID"],
        "check that the key is whole, without spaces or quotes around it, sent as this API wants it \
         (`Authorization: Bearer …`, `x-api-key`, `api-key`), of this provider and not revoked",
    ),
    (
        &["ExpiredTokenException", "ExpiredToken", "token_expired"],
        "fetch new credentials: these have expired",
    ),
    (
        &["SignatureDoesNotMatch", "InvalidSignatureException"],
        "check the secret key, the region and the clock of this machine",
    ),
    (
        &["model_not_found", "DeploymentNotFound"],
        "check the name of the model or deployment, and that this key has access to it in this region",
    ),
    (
        &["model_decommissioned"],
        "change to a model that is still served; see the provider's list of deprecations",
    ),
    (
        &[
            "unsupported_country_region_territory",
            "FAILED_PRECONDITION",
        ],
        "call from a supported country or region, or enable billing where the free tier is not offered",
    ),
    (
        &[
            "billing_hard_limit_reached",
            "enforced_spend_limit_reached",
            "spend_limit_reached",
            "budget_exceeded",
        ],
        "raise the spend limit or budget, or wait for the next period; a retry cannot succeed",
    ),
    (
        &[
            "insufficient_balance",
            "insufficient_credits",
            "billing_error",
            "payment_required",
        ],
        "add credit or settle the bill on the provider's billing page; a retry cannot succeed",
    ),
    (
        &["ServiceQuotaExceededException"],
        "ask for a higher service quota for this account and region",
    ),
    (
        &["slow_down"],
        "go back to the former rate of requests, hold it for 15 minutes, then raise it step by step",
    ),
    (
        &["string_above_max_length", "array_above_max_length"],
        "shorten the parameter that is named; the limit stands in the message",
    ),
    (
        &["request_too_large"],
        "send a smaller body: fewer or smaller files and images, or the provider's upload of files",
    ),
    (
        &["invalid_json", "json_invalid", "SerializationException"],
        "check that the body is valid JSON, complete and sent with `content-type: application/json`",
    ),
];

impl Classification {
    /// Advice for the developer: by the provider's code if it is more specific, else by the class.
    ///
    /// ```
    /// use resilient_runtime::{Class, Classification};
    ///
    /// let failure = Classification::new(Class::NotFound);
    /// assert_eq!(failure.help(), Class::NotFound.advice());
    /// assert!(failure.code("model_not_found").help().contains("access"));
    /// ```
    pub fn help(&self) -> &'static str {
        let names = [self.code.as_ref(), self.kind.as_ref()];
        let by_code = names.into_iter().flatten().find_map(|name| {
            let known = |codes: &[&str]| {
                codes
                    .iter()
                    .any(|code| code.eq_ignore_ascii_case(name.as_str()))
            };
            BY_CODE.iter().find(|(codes, _)| known(codes))
        });
        by_code.map_or(self.class.advice(), |(_, help)| help)
    }

    /// A polite sentence for an end user, with the wait that the server asks for and without
    /// internals.
    ///
    /// ```
    /// use resilient_runtime::{Class, Classification, ServerWait, WaitOrigin};
    /// use std::time::Duration;
    ///
    /// let wait = ServerWait::new(Duration::from_secs(20), WaitOrigin::RetryAfter);
    /// let busy = Classification::new(Class::RateLimited).wait(wait);
    /// assert_eq!(busy.user_message(), "The service is busy; please try again in 20 seconds.");
    /// ```
    pub fn user_message(&self) -> String {
        let what = match self.class.user_message() {
            UserMessage::TryAgain(what) => what,
            UserMessage::Final(message) => return message.to_owned(),
        };
        if self.retryable == Some(Retryable::No) {
            return format!("{what}; trying again will not help.");
        }
        let when = self.wait.map_or_else(
            || "in a moment".to_owned(),
            |wait| format!("in {}", spoken(wait.duration)),
        );
        format!("{what}; please try again {when}.")
    }
}

/// A duration in its largest suitable unit, rounded up.
fn spoken(duration: Duration) -> String {
    const UNITS: [(&str, u64); 4] = [
        ("second", 1),
        ("minute", 60),
        ("hour", 3_600),
        ("day", 86_400),
    ];
    let seconds = duration
        .as_secs()
        .saturating_add(u64::from(duration.subsec_nanos() > 0))
        .max(1);
    // Below twice a unit, the smaller one reads better: 90 seconds, 36 hours.
    let fits = |(_, unit): &&(&str, u64)| seconds >= unit.saturating_mul(2);
    let (name, unit) = UNITS.iter().rev().find(fits).unwrap_or(&("second", 1));
    let count = seconds.div_ceil(*unit);
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {name}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Class, ServerWait, WaitOrigin};

    #[test]
    fn user_message_exists_for_every_class() {
        for class in Class::ALL {
            let failure = Classification::new(*class)
                .status(418)
                .code("inner_code")
                .message("inner text");
            let message = failure.user_message();
            assert!(message.ends_with('.') && message.len() < 100, "{message}");
            for inside in ["418", "inner", class.as_str()] {
                assert!(
                    class.as_str().len() < 10 || !message.contains(inside),
                    "{message}"
                );
            }
            // A failure that cannot succeed does not ask to try again.
            assert!(
                !class.is_never_retried() || class.is_local() || message.contains("not help"),
                "{message}"
            );
        }
    }

    #[test]
    fn wait_is_shown_in_a_readable_unit() {
        for (millis, message) in [
            (0, "1 second"),
            (561, "1 second"),
            (1_001, "2 seconds"),
            (90_000, "90 seconds"),
            (360_000, "6 minutes"),
            (7_200_000, "2 hours"),
            (1_382_400_000, "16 days"),
        ] {
            assert_eq!(spoken(Duration::from_millis(millis)), message);
        }
        let forever = ServerWait::new(Duration::MAX, WaitOrigin::RetryAfter);
        assert!(
            Classification::new(Class::RateLimited)
                .wait(forever)
                .user_message()
                .contains("days")
        );
    }
}
