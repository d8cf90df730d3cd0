//! Kinds of answers that no list can be complete for: names by their words, and spent accounts.

use super::{answer, is_retried};
use resilient_runtime::{Class, Redacted};

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
            r#"{"error":true,"message":"429: {\"error\":{\"code\":\"1113\",\"message\":\"余额不足\"}}"}"#,
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

#[test]
fn f333_words_in_a_name_imply_nothing_about_processing() {
    for (status, code, class) in [
        (400, "trial_credits_exhausted", Class::QuotaExhausted),
        (400, "team_spend_limit_reached", Class::QuotaExhausted),
        (500, "upstream_throttling", Class::RateLimited),
    ] {
        let found = answer(status, &[], &format!(r#"{{"code":"{code}"}}"#));
        assert_eq!(found.class, class, "{code}");
        assert_eq!(found.processed, answer(status, &[], "{}").processed);
    }
    for harmless in ["task_overdue", "overdue_date", "invalid_spend_limit"] {
        let found = answer(400, &[], &format!(r#"{{"code":"{harmless}"}}"#));
        assert_eq!(found.class, Class::InvalidRequest, "{harmless}");
    }
}

#[test]
fn f334_a_phrase_of_any_language_is_asked_for_the_same_conditions() {
    for message in ["Daily limit reached", "Se alcanzó el límite diario"] {
        let body = format!(r#"{{"message":"{message}"}}"#);
        let found = answer(429, &[], &body);
        assert_eq!(found.class, Class::QuotaExhausted, "{message}");
        let found = answer(429, &[("retry-after", "20")], &body);
        assert_eq!(found.class, Class::RateLimited, "{message}");
    }
}

#[test]
fn f335_a_conflict_whose_code_names_a_duplicate_stays() {
    for code in ["duplicate_email", "DuplicateOrder", "name_already_exists"] {
        let body = format!(r#"{{"code":"{code}","message":"It already exists."}}"#);
        assert!(!is_retried(&answer(409, &[], &body)), "{code}");
    }
    assert!(is_retried(&answer(
        409,
        &[],
        r#"{"code":"write_conflict"}"#
    )));
}

#[test]
fn f336_messages_and_errors_are_found_in_any_spelling() {
    let spent = "You exceeded your current quota, please check your plan and billing details";
    for body in [
        format!(r#"{{"ErrorMessage":"{spent}"}}"#),
        format!(r#"{{"ERROR":{{"Error-Description":"{spent}"}}}}"#),
        format!(r#"{{"Errors":[{{"developer_message":"{spent}"}}]}}"#),
        format!(r#"{{"Response":{{"Error":{{"Msg":"{spent}"}}}}}}"#),
    ] {
        let found = answer(429, &[], &body);
        assert_eq!(found.class, Class::QuotaExhausted, "{body}");
        assert_eq!(found.message.as_ref().map(Redacted::as_str), Some(spent));
    }
}

#[test]
fn f337_a_time_that_is_no_wait_is_none() {
    for message in [
        "Support is available 24 hours a day",
        "The preset 30 seconds are over",
        "We reset 5 seconds of history",
        "Available 5 minutes a day",
    ] {
        let body = format!(r#"{{"message":"{message}"}}"#);
        assert_eq!(answer(503, &[], &body).wait, None, "{message}");
    }
    for message in ["Available again in 24 seconds", "Limit resets in 24s"] {
        let body = format!(r#"{{"message":"{message}"}}"#);
        let wait = answer(503, &[], &body).wait;
        assert_eq!(
            wait.map(|wait| wait.duration.as_secs()),
            Some(24),
            "{message}"
        );
    }
}
