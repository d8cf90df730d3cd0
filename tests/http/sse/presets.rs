//! The presets, on recorded streams of providers.

use super::{events, stream};
use resilient_runtime::{
    Tokens,
    sse::{ServerEvent, anthropic, gemini, openai_chat, openai_responses},
};

struct Preset {
    is_content: fn(&ServerEvent) -> bool,
    is_last: fn(&ServerEvent) -> bool,
    usage: fn(&ServerEvent) -> Option<Tokens>,
}

macro_rules! preset {
    ($module:ident) => {
        Preset {
            is_content: $module::is_content,
            is_last: $module::is_last,
            usage: $module::usage,
        }
    };
}

/// A letter for each event: `c` for content, `l` for the last, `-` for others; and the usages.
async fn judged(preset: &Preset, body: &str) -> (String, Vec<(u64, u64)>) {
    let (found, failure) = events(stream(body)).await;
    assert!(failure.is_none(), "{failure:?}");
    let letter = |event| match ((preset.is_content)(event), (preset.is_last)(event)) {
        (true, false) => 'c',
        (false, true) => 'l',
        (true, true) => '!',
        (false, false) => '-',
    };
    let usages = found.iter().filter_map(|event| (preset.usage)(event));
    let usages = usages.map(|tokens| (tokens.input, tokens.output)).collect();
    (found.iter().map(letter).collect(), usages)
}

#[tokio::test]
async fn content_end_and_usage_are_found_in_recorded_streams() {
    let chat = preset!(openai_chat);
    let responses = preset!(openai_responses);
    let (claude, google) = (preset!(anthropic), preset!(gemini));
    for (preset, body, letters, usages) in [
        (
            &chat,
            include_str!("../../fixtures/streams/openai-chat.sse"),
            "-cl-l",
            &[(19, 10)][..],
        ),
        (
            &chat,
            include_str!("../../fixtures/streams/openai-chat-tools.sse"),
            "c-ccll",
            &[],
        ),
        (
            &chat,
            include_str!("../../fixtures/streams/openrouter-chat.sse"),
            "c-cll",
            &[(7, 3)],
        ),
        (
            &responses,
            include_str!("../../fixtures/streams/openai-responses.sse"),
            "---ccc-c-cl",
            &[(37, 11)],
        ),
        (
            &claude,
            include_str!("../../fixtures/streams/anthropic.sse"),
            "---c---cc-c-l",
            &[(30, 1), (0, 89)],
        ),
        (
            &google,
            include_str!("../../fixtures/streams/gemini.sse"),
            "c-ccl",
            &[(9, 11), (9, 15)],
        ),
    ] {
        let found = judged(preset, body).await;
        assert_eq!(found, (letters.to_owned(), usages.to_vec()), "{body}");
    }
}

#[test]
fn forms_of_content_that_no_recording_has_are_content() {
    let chat = |delta: &str| {
        let data = format!(r#"{{"choices": [{{"index": 0, "delta": {delta}}}]}}"#);
        openai_chat::is_content(&ServerEvent::new("message", data))
    };
    for delta in [
        r#"{"reasoning_content": "Hm"}"#,
        r#"{"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}]}"#,
        r#"{"function_call": {"name": "f"}}"#,
        r#"{"audio": {"id": "audio_0", "transcript": "Hi"}}"#,
    ] {
        assert!(chat(delta), "{delta}");
    }
    for delta in [
        "null",
        "{}",
        r#"{"role": "assistant"}"#,
        r#"{"content": [{"type": "thinking", "thinking": [{"type": "text", "text": ""}]}]}"#,
        r#"{"provider_specific_fields": {"citations": null}}"#,
    ] {
        assert!(!chat(delta), "{delta}");
    }
    let unnamed = |data: &str| ServerEvent::new("message", data);
    let blocked = unnamed(r#"{"promptFeedback": {"blockReason": "SAFETY"}}"#);
    assert!(gemini::is_last(&blocked));
    let unnamed_end = unnamed(r#"{"type": "response.incomplete", "response": {}}"#);
    assert!(openai_responses::is_last(&unnamed_end));
    let legacy = unnamed(r#"{"choices": [{"index": 0, "text": "Hi", "finish_reason": null}]}"#);
    assert!(openai_chat::is_content(&legacy) && !openai_chat::is_last(&legacy));
}

#[test]
fn text_that_speaks_of_an_end_is_no_end() {
    let text = r#"\"finish_reason\": \"stop\", \"message_stop\", \"response.completed\""#;
    let data =
        format!(r#"{{"choices": [{{"delta": {{"content": "{text}"}}}}], "delta": "{text}"}}"#);
    let event = ServerEvent::new("message", data);
    assert!(!openai_chat::is_last(&event) && !anthropic::is_last(&event));
    assert!(!openai_responses::is_last(&event) && !gemini::is_last(&event));
    for event in [ServerEvent::new("message", ""), ServerEvent::new("x", "{")] {
        assert!(!openai_chat::is_content(&event) && !anthropic::is_content(&event));
        assert!(!openai_responses::is_content(&event) && !gemini::is_content(&event));
    }
}
