//! The message, the parameter and the request id that an answer shows, whatever its form.

use super::answer;
use resilient_runtime::{Classification, Redacted};

fn message(failure: &Classification) -> Option<&str> {
    failure.message.as_ref().map(Redacted::as_str)
}

fn request_id(failure: &Classification) -> Option<&str> {
    failure.request_id.as_ref().map(Redacted::as_str)
}

#[test]
fn f288_a_message_is_shown_under_every_name() {
    for (body, expected) in [
        (
            r#"{"error":{"type":"x","reason":"rejected execution"}}"#,
            "rejected execution",
        ),
        (
            r#"{"error":{"root_cause":[],"type":"y","reason":"all shards failed"},"status":503}"#,
            "all shards failed",
        ),
        (
            r#"{"error_summary":"path/not_found/..","error":{".tag":"path"}}"#,
            "path/not_found/..",
        ),
        (
            r#"{"errorCode":"E0000001","errorSummary":"Api validation failed: login","errorId":"oae1"}"#,
            "Api validation failed: login",
        ),
        (
            r#"{"type":"response.failed","response":{"error":{"message":"It failed."}}}"#,
            "It failed.",
        ),
        (
            r#"{"response":{"id":"r","error":{"code":"server_error","message":"Try later"}}}"#,
            "Try later",
        ),
        (
            r#"{"error_code":18,"error_msg":"Open api qps request limit reached"}"#,
            "Open api qps request limit reached",
        ),
        (
            r#"{"base_resp":{"status_code":1013,"status_msg":"unknown error"}}"#,
            "unknown error",
        ),
        (
            r#"{"ResponseMetadata":{"RequestId":"r","Error":{"Code":"A","Message":"It is denied."}}}"#,
            "It is denied.",
        ),
        (
            r#"{"fault":{"faultstring":"Rate limit quota violation","detail":{"errorcode":"x"}}}"#,
            "Rate limit quota violation",
        ),
        (
            r#"{"errorMessages":["The issue does not exist."],"errors":{}}"#,
            "The issue does not exist.",
        ),
    ] {
        assert_eq!(message(&answer(500, &[], body)), Some(expected), "{body}");
    }
}

#[test]
fn f288_the_body_of_another_server_is_read_as_its_own() {
    for (body, expected) in [
        (
            r#"{"error":{"message":"Provider returned error","metadata":{"raw":"{\"error\":{\"message\":\"busy\"}}"}}}"#,
            "busy",
        ),
        (
            r#"{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"the model is limited upstream"}}}"#,
            "the model is limited upstream",
        ),
        (
            r#"{"error":{"message":"Error from provider(429): {\"error\": {\"code\": 429, \"message\": \"No more.\"}}"}}"#,
            "No more.",
        ),
        (
            r#"{"error":"400 {\"type\":\"error\",\"error\":{\"message\":\"It is odd.\"}}"}"#,
            "It is odd.",
        ),
        // The caller's own JSON is none.
        (
            r#"{"error":{"message":"Invalid JSON: {\"message\": \"mine\"}"}}"#,
            "Invalid JSON: {\"message\": \"mine\"}",
        ),
    ] {
        assert_eq!(message(&answer(500, &[], body)), Some(expected), "{body}");
    }
}

#[test]
fn f289_the_details_of_json_rpc_are_shown_and_judged() {
    for (data, expected) in [
        (r#""the pool is full""#, "Server error: the pool is full"),
        (
            r#"{"message":"the block is gone"}"#,
            "Server error: the block is gone",
        ),
        (r#"{"retryAfter":3}"#, "Server error"),
    ] {
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"error":{{"code":-32000,"message":"Server error","data":{data}}}}}"#
        );
        assert_eq!(message(&answer(500, &[], &body)), Some(expected), "{data}");
    }
    let rpc = r#"{"jsonrpc":"2.0","id":1,"error":{"message":"No","data":{"type":"rate_limited","retry_after":3}}}"#;
    let found = answer(200, &[], rpc);
    assert_eq!(found.class.as_str(), "rate_limited");
    assert_eq!(found.wait.map(|wait| wait.duration.as_secs()), Some(3));
    let echo = r#"{"error":{"message":"No","data":{"type":"rate_limited","retry_after":3}}}"#;
    assert_eq!(answer(400, &[], echo).wait, None);
}

#[test]
fn f290_errors_by_the_names_of_fields_are_shown_with_the_field() {
    for (body, field, expected) in [
        (
            r#"{"errors":{"title":["is not there"]}}"#,
            "title",
            "is not there",
        ),
        (
            r#"{"message":{"email":["has already been taken"]}}"#,
            "email",
            "has already been taken",
        ),
        (
            r#"{"errorMessages":[],"errors":{"project":"a project is required"}}"#,
            "project",
            "a project is required",
        ),
        (
            r#"{"name":["This field is required."]}"#,
            "name",
            "This field is required.",
        ),
    ] {
        let found = answer(422, &[], body);
        assert_eq!(message(&found), Some(expected), "{body}");
        assert_eq!(found.param.as_ref().map(Redacted::as_str), Some(field));
    }
}

#[test]
fn f291_request_ids_of_every_provider_are_shown() {
    for name in [
        "x-slack-req-id",
        "x-dropbox-request-id",
        "x-notion-request-id",
        "x-amzn-requestid",
        "x-amz-request-id",
        "apim-request-id",
        "x-ms-request-id",
        "x-github-request-id",
        "request-id",
        "twilio-request-id",
        "mistral-correlation-id",
        "paypal-debug-id",
        "x-hubspot-correlation-id",
        "x-okta-request-id",
        "x-acs-request-id",
        "x-bce-request-id",
        "x-tt-logid",
        "x-transaction-id",
        "x-zm-trackingid",
        "nvcf-reqid",
        "atl-traceid",
        "cf-ray",
        "x-vercel-id",
        "x-amz-cf-id",
    ] {
        let found = answer(500, &[("x-user-id", "u-1"), (name, "id-1")], "");
        assert_eq!(request_id(&found), Some("id-1"), "{name}");
    }
    for body in [
        r#"{"error":{"message":"m","request_id":"id-1"}}"#,
        r#"{"Response":{"Error":{"Code":"A","Message":"m"},"RequestId":"id-1"}}"#,
        r#"{"ResponseMetadata":{"RequestId":"id-1","Error":{"Code":"A"}}}"#,
        r#"{"error":{"code":"A","innerError":{"request-id":"id-1","client-request-id":"c"}}}"#,
        r#"{"name":"A","debug_id":"id-1"}"#,
        r#"{"status":"error","correlationId":"id-1"}"#,
        r#"{"errorSummary":"a b","errorId":"id-1"}"#,
        r#"{"error":{"message":"m","fbtrace_id":"id-1"}}"#,
        r#"{"status":422,"errorCode":"1","pspReference":"id-1"}"#,
        "<Error><Code>A</Code><RequestId>id-1</RequestId></Error>",
        "<ErrorResponse><Error><Code>A</Code></Error><RequestID>id-1</RequestID></ErrorResponse>",
    ] {
        assert_eq!(request_id(&answer(500, &[], body)), Some("id-1"), "{body}");
    }
}

#[test]
fn f291_the_id_of_the_provider_is_shown_before_that_of_a_gateway() {
    let ids = [
        ("cf-ray", "gateway"),
        ("x-trace-id", "way"),
        ("request-id", "own"),
    ];
    let body = r#"{"request_id":"body","message":"m"}"#;
    assert_eq!(request_id(&answer(500, &ids, body)), Some("own"));
    assert_eq!(request_id(&answer(500, &ids[..2], body)), Some("way"));
    assert_eq!(request_id(&answer(500, &ids[..1], body)), Some("body"));
    assert_eq!(request_id(&answer(500, &ids[..1], "")), Some("gateway"));
    let echo = r#"{"message":"m","request":{"request_id":"mine"}}"#;
    assert_eq!(request_id(&answer(500, &[], echo)), None);
}

#[test]
fn f292_a_sentence_named_summary_is_no_mark_of_dropbox() {
    for summary in ["The object is locked", "Another operation is in progress."] {
        let body = format!(r#"{{"errorSummary":"{summary}"}}"#);
        assert!(super::is_retried(&answer(409, &[], &body)), "{summary}");
    }
    let path = r#"{"error_summary":"path/conflict/file/.."}"#;
    assert!(!super::is_retried(&answer(409, &[], path)));
}
