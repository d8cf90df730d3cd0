//! Reasons in errors of Google, which have one meaning over gRPC and HTTP: those of its
//! [`ErrorInfo`][list], and the older ones of its JSON APIs.
//!
//! [list]: https://github.com/googleapis/googleapis/blob/master/google/api/error_reason.proto

use crate::failure::name::{Name, names};

/// Reasons that mean [`QuotaExhausted`](crate::Class::QuotaExhausted). A resource quota limits what
/// exists, and not requests in a time.
pub(crate) const QUOTA_EXHAUSTED: &[Name] = names![
    "BILLING_DISABLED",
    "DAILY_LIMIT_EXCEEDED",
    "QUOTA_EXCEEDED",
    "RESOURCE_QUOTA_EXCEEDED",
];

/// Reasons that mean [`Authentication`](crate::Class::Authentication).
pub(crate) const AUTHENTICATION: &[Name] = names![
    "ACCESS_TOKEN_EXPIRED",
    "API_KEY_INVALID",
    "CREDENTIALS_MISSING",
];

/// The class of a reason that says more than its code.
#[cfg(feature = "tonic-014")]
pub(crate) fn class_of(reason: &str) -> Option<crate::Class> {
    use crate::Class;

    /// Over HTTP, a rule for every provider has it.
    const RATE_LIMITED: &[Name] = names!["RATE_LIMIT_EXCEEDED"];
    let classes = [
        (QUOTA_EXHAUSTED, Class::QuotaExhausted),
        (AUTHENTICATION, Class::Authentication),
        (RATE_LIMITED, Class::RateLimited),
    ];
    let reason = Name::of(reason);
    let found = classes.iter().find(|(names, _)| names.contains(&reason));
    found.map(|(_, class)| *class)
}

/// Whether this identifier of a quota, such as `GenerateRequestsPerDayPerProject`, is one of a day.
pub(crate) fn is_per_day(quota: &str) -> bool {
    quota.contains("PerDay")
}

#[cfg(all(test, feature = "http", feature = "tonic-014"))]
mod tests {
    use crate::{Class, Classification, Classify as _};
    use ::http::{HeaderMap, StatusCode};
    use ::tonic::{Code, Status};

    /// Fields of at most 127 bytes.
    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).unwrap_or_default();
        [&[number << 3 | 2, length], content].concat()
    }

    /// The class over gRPC and over HTTP of an `ErrorInfo` with this reason and quota.
    fn classes(code: Code, status: u16, reason: &str, quota: &str) -> [Class; 2] {
        let metadata = [field(1, b"quota_limit"), field(2, quota.as_bytes())].concat();
        let mut info = field(1, reason.as_bytes());
        if !quota.is_empty() {
            info.extend(field(3, &metadata));
        }
        let any = [
            field(1, b"type.googleapis.com/google.rpc.ErrorInfo"),
            field(2, &info),
        ];
        let details = field(3, &any.concat()).into();
        let by_grpc = Status::with_details(code, "Denied.", details).classify();
        let body = serde_json::json!({ "error": {
            "code": status,
            "message": "Denied.",
            "details": [{
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": reason,
                "domain": "googleapis.com",
                "metadata": { "quota_limit": quota },
            }],
        }});
        let status = StatusCode::from_u16(status).unwrap_or_default();
        let by_http =
            Classification::from_answer(status, &HeaderMap::new(), body.to_string().as_bytes());
        [by_grpc.class, by_http.class]
    }

    #[test]
    fn f323_reasons_have_one_class_over_grpc_and_http() {
        let denied = (Code::PermissionDenied, 403);
        let exhausted = (Code::ResourceExhausted, 429);
        let invalid = (Code::InvalidArgument, 400);
        let unauthenticated = (Code::Unauthenticated, 401);
        for ((code, status), reason, class) in [
            (denied, "BILLING_DISABLED", Class::QuotaExhausted),
            (exhausted, "DAILY_LIMIT_EXCEEDED", Class::QuotaExhausted),
            (denied, "dailyLimitExceeded", Class::QuotaExhausted),
            (denied, "quotaExceeded", Class::QuotaExhausted),
            (exhausted, "RESOURCE_QUOTA_EXCEEDED", Class::QuotaExhausted),
            (denied, "RESOURCE_QUOTA_EXCEEDED", Class::QuotaExhausted),
            (exhausted, "RATE_LIMIT_EXCEEDED", Class::RateLimited),
            (denied, "rateLimitExceeded", Class::RateLimited),
            (invalid, "API_KEY_INVALID", Class::Authentication),
            (
                unauthenticated,
                "ACCESS_TOKEN_EXPIRED",
                Class::Authentication,
            ),
            (denied, "ACCESS_TOKEN_EXPIRED", Class::Authentication),
            (denied, "CREDENTIALS_MISSING", Class::Authentication),
            (denied, "SERVICE_DISABLED", Class::Permission),
            (denied, "API_KEY_SERVICE_BLOCKED", Class::Permission),
            (denied, "API_KEY_HTTP_REFERRER_BLOCKED", Class::Permission),
            (denied, "API_KEY_IP_ADDRESS_BLOCKED", Class::Permission),
            (denied, "API_KEY_ANDROID_APP_BLOCKED", Class::Permission),
            (denied, "API_KEY_IOS_APP_BLOCKED", Class::Permission),
            (denied, "LOCATION_TAX_POLICY_VIOLATED", Class::Permission),
            (denied, "USER_PROJECT_DENIED", Class::Permission),
            (denied, "CONSUMER_SUSPENDED", Class::Permission),
            (denied, "CONSUMER_INVALID", Class::Permission),
            (denied, "SECURITY_POLICY_VIOLATED", Class::Permission),
            (denied, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", Class::Permission),
        ] {
            assert_eq!(classes(code, status, reason, ""), [class; 2], "{reason}");
        }
    }

    #[test]
    fn f323_quotas_of_a_day_have_one_class_over_grpc_and_http() {
        for (quota, class) in [
            ("WritesPerDayPerUser", Class::QuotaExhausted),
            ("WritesPerMinutePerUser", Class::RateLimited),
        ] {
            let found = classes(Code::ResourceExhausted, 429, "RATE_LIMIT_EXCEEDED", quota);
            assert_eq!(found, [class; 2], "{quota}");
        }
    }
}
