//! The rules for responses whose status alone is misleading. (Above 300 lines: one table, kept in
//! one place with the test that compares it with the documentation.)

use crate::{Class, ServerLimits, http::body::Body};

/// A rule for a misleading status.
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "name and source are for the documentation, which a test compares"
    )
)]
pub(super) struct Rule {
    /// Its name in the documentation.
    pub(super) name: &'static str,
    pub(super) class: Class,
    /// The provider's documentation, or a report of such a response.
    pub(super) source: &'static str,
    fits: fn(&Answer<'_>) -> bool,
}

/// The response that the rules examine.
pub(super) struct Answer<'a> {
    /// The status of the failure: of the response, or in the body of an error sent with a success.
    pub(super) status: u16,
    pub(super) body: &'a Body<'a>,
    /// The error name in the headers of AWS.
    pub(super) aws: Option<&'a str>,
    pub(super) limits: ServerLimits,
}

impl Answer<'_> {
    /// Whether the body or the headers contain one of these codes.
    fn named(&self, names: &[&str]) -> bool {
        let codes = self.body.codes.iter().map(|code| &**code);
        let mut all = codes.chain(self.body.kind).chain(self.aws);
        all.any(|code| names.iter().any(|name| code.eq_ignore_ascii_case(name)))
    }

    /// Whether the message contains one of these phrases, given in lower case.
    fn says(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.body.prose.says(phrase))
    }

    fn is(&self, statuses: &[u16]) -> bool {
        statuses.contains(&self.status)
    }

    /// An error sent with a success, whose status carries no information.
    fn hidden(&self) -> bool {
        self.status < 400
    }

    fn is_client_error(&self) -> bool {
        self.hidden() || (400..500).contains(&self.status)
    }
}

/// The first matching rule decides.
pub(super) fn find(answer: &Answer<'_>) -> Option<&'static Rule> {
    RULES.iter().find(|rule| (rule.fits)(answer))
}

/// The statuses with which providers reject unpaid requests.
const UNPAID: &[u16] = &[200, 400, 402, 403, 429];

/// All rules; [`Classification::from_answer`](crate::Classification::from_answer) shows them as a
/// table.
pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "content filter",
        class: Class::ContentFilter,
        source: "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter",
        fits: |a| {
            a.is_client_error()
                && (a.named(&[
                    "content_filter",
                    "content_policy_violation",
                    "moderation_blocked",
                    "ResponsibleAIPolicyViolation",
                ]) || a.says(&[
                    "flagged as potentially violating",
                    "content management policy",
                    "content filtering policy",
                    "your input was flagged",
                ]))
        },
    },
    Rule {
        name: "request too large for the limit",
        class: Class::ContextLength,
        source: "https://github.com/agent0ai/agent-zero/issues/711",
        fits: |a| a.is(&[413, 429]) && a.says(&["request too large for "]),
    },
    Rule {
        name: "context length",
        class: Class::ContextLength,
        source: "https://platform.openai.com/docs/guides/error-codes",
        fits: |a| {
            (a.hidden() || a.is(&[400, 413, 422]))
                && (a.named(&[
                    "context_length_exceeded",
                    "tokens_limit_reached",
                    "model_max_prompt_tokens_exceeded",
                ]) || a.says(&[
                    "maximum context length",
                    "prompt is too long",
                    "input is too long for requested model",
                    "exceeds the context window",
                    "exceeds the maximum number of tokens",
                    "too many tokens:",
                    "contextwindowexceedederror",
                ]))
        },
    },
    Rule {
        name: "daily quota",
        class: Class::QuotaExhausted,
        source: "https://ai.google.dev/gemini-api/docs/rate-limits",
        fits: |a| a.is(&[403, 429]) && a.body.per_day,
    },
    Rule {
        // Its message is that of an exhausted account, but the server names a wait.
        name: "quota of a minute",
        class: Class::RateLimited,
        source: "https://ai.google.dev/gemini-api/docs/rate-limits",
        fits: |a| a.is(&[429]) && a.named(&["RESOURCE_EXHAUSTED"]) && a.body.names_wait,
    },
    Rule {
        name: "nothing left to spend",
        class: Class::QuotaExhausted,
        source: "https://platform.openai.com/docs/guides/error-codes",
        fits: |a| {
            a.is(UNPAID)
                && (a.named(&[
                    "insufficient_quota",
                    "insufficient_balance",
                    "insufficient_credits",
                    "insufficient_user_quota",
                    "exceeded_current_quota_error",
                    "billing_hard_limit_reached",
                    "billing_limit_user_error",
                    "billing_not_active",
                    "billing_error",
                    "budget_exceeded",
                    "enforced_spend_limit_reached",
                    "spend_limit_reached",
                    "credit_balance_exhausted",
                    "organization_spend_limit_exceeded",
                    "project_spend_limit_exceeded",
                    "organization_usage_limit_exceeded",
                    "payment_required",
                    "Arrearage",
                    "quotaExceeded",
                    "dailyLimitExceeded",
                    "ServiceQuotaExceededException",
                ]) || a.says(&[
                    "check your plan and billing details",
                    "credit balance is too low",
                    "billing hard limit",
                    "billing is not active",
                    "account is not active",
                    "spend limit",
                    "spending limit",
                    "insufficient balance",
                    "insufficient credits",
                    "insufficient funds",
                ]))
        },
    },
    Rule {
        name: "bad key",
        class: Class::Authentication,
        source: "https://ai.google.dev/gemini-api/docs/troubleshooting",
        fits: |a| {
            a.is_client_error()
                && !a.is(&[401])
                && (a.named(&[
                    "API_KEY_INVALID",
                    "invalid_api_key",
                    "authentication_error",
                    "UNAUTHENTICATED",
                    "ExpiredTokenException",
                    "ExpiredToken",
                    "UnrecognizedClientException",
                    "InvalidClientTokenId",
                    "InvalidSignatureException",
                    "SignatureDoesNotMatch",
                    "IncompleteSignature",
                    "MissingAuthenticationTokenException",
                ]) || a.says(&["api key not valid", "incorrect api key provided"]))
        },
    },
    Rule {
        name: "limit reached, said with another status",
        class: Class::RateLimited,
        source: "https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api",
        fits: |a| {
            let limited = a.named(&[
                "rate_limit_exceeded",
                "rate_limit_error",
                "rateLimitExceeded",
                "userRateLimitExceeded",
                "RESOURCE_EXHAUSTED",
                "Throttling",
                "ThrottlingException",
                "ThrottledException",
                "TooManyRequestsException",
                "RequestLimitExceeded",
                "ProvisionedThroughputExceededException",
            ]);
            let at_github = a.is(&[403])
                && (a.limits.wait().is_some()
                    || a.says(&["rate limit exceeded", "secondary rate limit"]));
            // A body that is too large remains so.
            a.is_client_error() && !a.is(&[413, 429]) && limited || at_github
        },
    },
    Rule {
        name: "not permitted, said with another status",
        class: Class::Permission,
        source: "https://ai.google.dev/gemini-api/docs/troubleshooting",
        fits: |a| {
            a.named(&[
                "permission_error",
                "PERMISSION_DENIED",
                "AccessDeniedException",
            ]) && a.is(&[200, 400])
                || a.is(&[400]) && a.says(&["user location is not supported"])
                || a.is(&[401]) && a.says(&["missing scopes"])
        },
    },
    Rule {
        name: "not there, said with another status",
        class: Class::NotFound,
        source: "https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html",
        fits: |a| {
            a.is(&[200, 400])
                && a.named(&[
                    "model_not_found",
                    "model_decommissioned",
                    "not_found_error",
                    "NOT_FOUND",
                    "ResourceNotFoundException",
                ])
        },
    },
    Rule {
        name: "overloaded, said with another status",
        class: Class::Overloaded,
        source: "https://platform.openai.com/docs/guides/error-codes",
        fits: |a| {
            (a.hidden() || a.is(&[429]) || a.status >= 500)
                && (a.named(&[
                    "slow_down",
                    "SlowDown",
                    "server_is_overloaded",
                    "overloaded_error",
                    "engine_overloaded_error",
                    "model_overloaded",
                    "ModelNotReadyException",
                    "ServiceUnavailableException",
                    "UNAVAILABLE",
                ]) || a.says(&["currently overloaded", "model is overloaded"]))
        },
    },
    Rule {
        name: "failed dependency of a model",
        class: Class::ServerError,
        source: "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html",
        fits: |a| a.is(&[424]) && a.named(&["ModelErrorException", "ModelStreamErrorException"]),
    },
    Rule {
        name: "timeout, said with another status",
        class: Class::Timeout,
        source: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
        fits: |a| {
            a.is(&[200, 400])
                && a.named(&["RequestTimeout", "ModelTimeoutException", "timeout_error"])
        },
    },
    Rule {
        name: "server error inside a success",
        class: Class::ServerError,
        source: "https://docs.claude.com/en/api/errors",
        fits: |a| {
            a.hidden()
                && a.named(&[
                    "server_error",
                    "api_error",
                    "internal_error",
                    "INTERNAL",
                    "InternalServerException",
                ])
        },
    },
    Rule {
        name: "bad request inside a success",
        class: Class::InvalidRequest,
        source: "https://docs.claude.com/en/api/errors",
        fits: |a| {
            a.hidden()
                && a.named(&[
                    "invalid_request_error",
                    "INVALID_ARGUMENT",
                    "ValidationException",
                ])
        },
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documentation_lists_every_rule_with_its_source() {
        let documentation = include_str!("mod.rs");
        for Rule {
            name,
            class,
            source,
            ..
        } in RULES
        {
            let row = format!("    /// | {name} | `{class}` | <{source}> |");
            assert!(documentation.contains(&row), "no row like\n{row}");
        }
        let rows = documentation.matches("    /// | ").count();
        assert_eq!(rows, RULES.len() + 1, "with the heading");
    }
}
