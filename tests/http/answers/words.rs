//! Kinds of answers that no list can be complete for: names by their words, and spent accounts.

use super::{answer, is_retried};
use resilient_runtime::Class;

#[test]
fn f293_a_name_that_is_not_listed_is_known_by_its_words() {
    for (status, code, class) in [
        (
            400,
            "OutputImageSensitiveContentDetected",
            Class::ContentFilter,
        ),
        (400, "err_prompt_too_long", Class::ContextLength),
        (403, "TRIAL_CREDITS_EXHAUSTED", Class::QuotaExhausted),
        (403, "AccountOverdue.Suspended", Class::QuotaExhausted),
        (422, "VendorCardDeclined", Class::PaymentRefused),
        (400, "ModelRateLimitHit", Class::RateLimited),
        (500, "upstream_throttling", Class::RateLimited),
        (400, "invalid_card_number", Class::InvalidRequest),
        (403, "limited_access", Class::Permission),
    ] {
        let body = format!(r#"{{"error":{{"code":"{code}","message":"It failed."}}}}"#);
        assert_eq!(answer(status, &[], &body).class, class, "{code}");
    }
}

#[test]
fn f294_a_spent_account_is_found_with_a_status_of_a_key_or_a_server() {
    for (status, body) in [
        (
            401,
            r#"{"errors":[{"message":"Maximum credits exceeded"}]}"#,
        ),
        (401, r#"{"error":{"type":"CreditsError","message":"No."}}"#),
        (
            500,
            r#"{"error":{"message":"insufficient balance (1008)"}}"#,
        ),
        (
            500,
            r#"{"error":true,"message":"429: {\"error\":{\"code\":\"1113\"}}"}"#,
        ),
    ] {
        let found = answer(status, &[], body);
        assert_eq!(found.class, Class::QuotaExhausted, "{body}");
        assert!(!is_retried(&found), "{body}");
    }
    let quoted = r#"{"message":"'insufficient balance' is no currency"}"#;
    assert_eq!(answer(500, &[], quoted).class, Class::ServerError);
}

#[test]
fn f295_the_codes_of_minimax_are_errors_inside_a_success() {
    for (code, said, class) in [
        (1002, "rate limit", Class::RateLimited),
        (1004, "login fail", Class::Authentication),
        (1008, "insufficient balance", Class::QuotaExhausted),
        (1033, "system error", Class::ServerError),
    ] {
        let body = format!(r#"{{"base_resp":{{"status_code":{code},"status_msg":"{said}"}}}}"#);
        assert_eq!(answer(200, &[], &body).class, class, "{said}");
    }
    let success = r#"{"base_resp":{"status_code":0,"status_msg":"success"}}"#;
    assert_eq!(answer(200, &[], success).message, None);
}

#[test]
fn f296_a_limit_with_another_status_has_the_wait_of_its_reset() {
    let limited = r#"{"code":"frequency_limit","msg":"request trigger frequency limit"}"#;
    for name in ["x-ogw-ratelimit-reset", "x-app-rate-limit-reset"] {
        let found = answer(400, &[(name, "5")], limited);
        assert_eq!(found.wait.map(|wait| wait.duration.as_secs()), Some(5));
        assert_eq!(answer(400, &[(name, "5")], "{}").wait, None, "{name}");
    }
}

#[test]
fn f297_phrases_of_other_alphabets_are_found_in_capital_letters() {
    for message in ["Недостаточно средств на счёте", "НЕДОСТАТОЧНО СРЕДСТВ"]
    {
        let body = format!(r#"{{"message":"{message}"}}"#);
        let class = answer(403, &[], &body).class;
        assert_eq!(class, Class::QuotaExhausted, "{message}");
    }
}
