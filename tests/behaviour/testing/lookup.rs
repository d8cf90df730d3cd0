//! The error of a lookup, as tests show it.

use resilient_runtime::policy_of;

#[resilient_runtime::test(no_waits)]
async fn an_unwrapped_lookup_says_what_is_missing() {
    let error = policy_of("ask\u{1b}").unwrap_err();
    let text = "no function `ask\\u{1b}` has been called yet";
    assert_eq!(format!("{error:?}"), text);
}
