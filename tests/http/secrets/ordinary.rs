//! Ordinary texts and URLs stay as they are.

use http::{HeaderMap, StatusCode};
use resilient_runtime::{ApiError, Redacted};

const TEXTS: &[&str] = &[
    "Rate limit reached for gpt-4 in organization org-X on tokens per min (TPM): Limit 10000, Used 8554",
    "You did not provide an API key. See https://platform.openai.com/docs for details.",
    "error trying to connect: tcp connect error: Connection refused (os error 111)",
    "request req_0123456789abcdef0123456789abcdef failed",
    "The model `gpt-4o-2024-08-06` does not exist or you do not have access to it.",
    "claude-3-5-sonnet-20241022 is overloaded",
    "meta-llama/Meta-Llama-3.1-70B-Instruct is loading",
    "text-embedding-ada-002",
    "gemini-1.5-pro-latest",
    "mistral-large-2411",
    "o4-mini",
    "msg_01XFDUDYJgAACzvnptvVoYEL",
    "chatcmpl-9xYzAbc123DEFghi456JKL",
    "123e4567-e89b-12d3-a456-426614174000",
    "0123456789abcdef0123456789abcdef",
    "4bf92f3577b34da6a3ce929d0e0e4736",
    "8a1b2c3d4e5f6789-FRA",
    "The password is incorrect",
    "Your password is too short.",
    "the password is required",
    "The token is expired",
    "This key is invalid",
    "token has expired",
    "The API key provided is invalid",
    "key 'messages' is missing",
    "missing key \"model\" in request",
    "Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON",
    "maximum context length is 8192 tokens, however you requested 10240 tokens",
    "max_tokens: 4096",
    "max_tokens must be at most 4096",
    "Session expired, please log in again",
    "The signature does not match",
    "Invalid signature for 2024-05-01T12:30:45Z",
    "Secret not found",
    "duplicate key value violates unique constraint \"users_email_key\"",
    "https://docs.claude.com/en/api/errors",
    "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter",
    "retry after 30 seconds",
    "Please try again in 1.574s. Visit https://platform.openai.com/account/rate-limits to learn more.",
    "dns error: failed to lookup address information: Name or service not known",
    "invalid type: string \"x\", expected u32 at line 1 column 42",
    "Basically fine, authors of the keyboard",
    "The secretary passed on the monkey's passport",
    "No such file: /usr/local/share/data-2024.json",
    "risk-free request",
    "invalid value 'sha-256' for 'algorithm'",
];

#[test]
fn f272_ordinary_texts_stay_as_they_are() {
    assert!(TEXTS.len() >= 40);
    for text in TEXTS {
        assert_eq!(Redacted::from(*text).as_str(), *text);
    }
}

#[test]
fn f272_useful_parts_of_urls_stay_as_they_are() {
    for url in [
        "https://api.openai.com/v1/chat/completions",
        "https://api.openai.com/v1/threads/thread_abc123DEF456ghi789JKL/runs",
        "https://api.anthropic.com/v1/messages/msg_01XFDUDYJgAACzvnptvVoYEL",
        "https://myresource-eastus2.openai.azure.com/openai/deployments/gpt-4o-2024-08-06/chat",
        "https://h/v1/orders/123e4567-e89b-12d3-a456-426614174000",
        "https://h/reports/2024-05-01/12345678901234567890",
        "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-3-5-sonnet-20241022-v2:0/invoke",
        "https://generativelanguage.googleapis.com/v1beta/models/gemini-1.5-pro:generateContent",
        "https://api.github.com/repos/rust-lang/rust/hooks/12345678",
        "https://h/users/password/reset",
        "http://127.0.0.1:35309/scenario-14/chat/completions",
        "https://h/v1?api-version=2024-10-21",
    ] {
        let answer = ApiError::from_answer(StatusCode::BAD_REQUEST, &HeaderMap::new(), b"");
        assert_eq!(answer.url(url).request().as_deref(), Some(url));
    }
}
