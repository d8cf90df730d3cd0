//! The presets are recorded answers of real providers.

use super::read;
use resilient_examples::client;
use resilient_runtime::testing::server::{Answer, FaultyServer, anthropic, gemini, openai};
use serde_json::Value;

/// The name of the function, which is the class, the id of the recorded answer, the preset.
macro_rules! presets {
    ($($provider:ident::$class:ident = $id:literal,)+) => {
        [$((stringify!($class), $id, $provider::$class as fn() -> Answer)),+]
    };
}

#[tokio::test]
async fn each_preset_is_a_recorded_answer_and_named_after_its_class() {
    let presets = presets! {
        openai::invalid_request = "oa_user_too_long",
        openai::context_length = "oa_context_length",
        openai::content_filter = "oa_prompt_usage_policy",
        openai::authentication = "oa_compat_invalid_key",
        openai::permission = "oa_forbidden_plain",
        openai::not_found = "oa_model_not_found_old",
        openai::rate_limited = "oa_tpm_644ms",
        openai::quota_exhausted = "oa_insufficient_quota",
        openai::server_error = "oa_server_error_processing",
        openai::overloaded = "oa_overloaded_429",
        openai::gateway_timeout = "oa_504_html",
        openai::timeout = "oa_408",
        anthropic::invalid_request = "an_invalid",
        anthropic::content_filter = "an_content_filter",
        anthropic::not_found = "an_not_found",
        anthropic::quota_exhausted = "an_credit_low",
        anthropic::gateway_timeout = "an_timeout",
        gemini::authentication = "ge_key",
        gemini::permission = "ge_precondition",
        gemini::not_found = "ge_not_found",
        gemini::rate_limited = "ge_exhausted_vertex",
        gemini::quota_exhausted = "ge_quota_help",
        gemini::overloaded = "ge_unavailable",
    };
    let fixtures = include_str!("../../fixtures/error-answers.json");
    let fixtures: Value = serde_json::from_str(fixtures).unwrap();
    let rows = fixtures["rows"].as_array().unwrap();
    for (class, id, preset) in presets {
        let row = rows.iter().find(|row| row["id"] == id).unwrap();
        let server = FaultyServer::start().await;
        server.answer(preset());
        let error = read(&client(), &server.url()).await.unwrap_err();
        let failure = error.failure();
        assert_eq!(
            (failure.class.as_str(), &row["class"]),
            (class, &class.into()),
            "{id}"
        );
        assert_eq!(row["status"], failure.status.unwrap(), "{id}");
        let body = error.body().unwrap();
        let body = serde_json::from_str(body).unwrap_or(Value::from(body.to_string()));
        assert_eq!(body, row["body"], "{id}");
    }
}

#[tokio::test]
async fn the_text_of_a_model_is_where_its_clients_read_it() {
    let text = "say \"hello\"\n";
    for (answer, pointer) in [
        (openai::completion(text), "/choices/0/message/content"),
        (anthropic::message(text), "/content/0/text"),
        (gemini::content(text), "/candidates/0/content/parts/0/text"),
    ] {
        let server = FaultyServer::start().await;
        server.answer(answer);
        let body = read(&client(), &server.url()).await.unwrap();
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body.pointer(pointer).unwrap(), text);
    }
}
