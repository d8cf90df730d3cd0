//! The types that a function returns.

use super::{Answer, ask, panic_of};
use resilient_runtime::{
    CallError, Class, Classify, Policy, Rejection, resilient,
    testing::script::{error, ok, script, status},
};
use resilient_tests::Counter;
use std::{fmt::Display, io, rc::Rc, sync::Arc};

type Failed = CallError<io::Error>;

#[resilient_runtime::test]
async fn a_value_of_another_type_is_shown_with_the_type_that_is_returned() {
    let cases = [
        (
            ok("text"),
            "`ok(..)` has a value of the type `&str`, where the function returns `u32`",
        ),
        (
            error(io::Error::other("no")),
            "`error(..)` has a value of the type `std::io::error::Error`, where the function \
             returns `resilient_runtime::classify::call_error::CallError<std::io::error::Error>`",
        ),
    ];
    for (outcome, expected) in cases {
        let message = panic_of(script("app::ask", [outcome], ask(&Counter::new()))).await;
        assert!(message.ends_with(expected), "{message}");
    }
}

/// An error that says itself which class it has, if it is made of a rejection.
#[derive(Debug, Classify)]
enum Derived {
    #[classify(rejection)]
    Rejected(Rejection),
}

fn by_text(text: &String) -> Class {
    if text == "busy" {
        Class::Overloaded
    } else {
        Class::Unknown
    }
}

#[resilient(name = "derived", attempts = 2)]
async fn derived() -> Result<(), Derived> {
    Ok(())
}

#[resilient(name = "text", attempts = 2, classify = by_text)]
async fn text() -> Result<(), String> {
    Ok(())
}

#[resilient_runtime::test(no_waits)]
async fn an_error_has_to_keep_the_class_of_a_scripted_failure() {
    let Derived::Rejected(rejection) = script("derived", [status(503).times(2)], derived())
        .await
        .unwrap_err();
    assert_eq!(rejection.class(), Class::Overloaded);
    let erased = Policy::new().attempts(1);
    let erased = erased
        .call("erased")
        .run(async || Ok::<_, anyhow::Error>(()));
    let erased = script("erased", [status(503)], erased).await.unwrap_err();
    assert_eq!(erased.to_string(), "overloaded (503)");

    let message = panic_of(script("text", [status(503)], text())).await;
    let expected = "the failure `overloaded` was classified as `unknown`, since the function of \
                    `classify` does not keep the class of the `Rejection` in a \
                    `alloc::string::String`; use `error(..)` with a value of that type";
    assert!(message.ends_with(expected), "{message}");
    let outcomes = [error("busy".to_owned()), ok(())];
    script("text", outcomes, text()).await.unwrap();
}

struct Store<Item>(Item);

/// Neither type parameter is `'static`: they compile with the kit as they do without it.
impl<Item: Clone> Store<Item> {
    #[resilient(name = "of_impl", attempts = 1)]
    async fn of_impl(&self) -> Result<Item, Failed> {
        Ok(self.0.clone())
    }

    #[resilient(name = "shared", attempts = 1)]
    async fn shared(&self) -> Result<Arc<Item>, Failed> {
        Ok(Arc::new(self.0.clone()))
    }

    #[resilient(name = "of_self", attempts = 1)]
    async fn of_self(&self) -> Result<Self, Failed> {
        Ok(Self(self.0.clone()))
    }
}

#[resilient(name = "generic", attempts = 1)]
async fn generic<T: Clone>(value: &T) -> Result<T, Failed> {
    Ok(value.clone())
}

#[resilient(name = "borrowed", attempts = 1)]
async fn borrowed(text: &str) -> Result<&str, Failed> {
    Ok(text)
}

#[resilient(name = "opaque", attempts = 1)]
async fn opaque(text: &str) -> Result<impl Display, Failed> {
    Ok(text)
}

/// The messages of `ok(..)` and the classes of `status(503)` for a call.
async fn both<T>(name: &str, call: impl AsyncFn() -> Result<T, Failed>) -> (String, Class) {
    let message = panic_of(script(name, [ok(1_u32)], call())).await;
    let failed = script(name, [status(503)], call()).await.err().unwrap();
    (message, failed.classify().class)
}

#[resilient_runtime::test]
async fn a_result_that_may_borrow_takes_failures_and_says_why_it_takes_no_value() {
    let text = String::from("text");
    let store = Store(&*text);
    let policy = Policy::new().attempts(1);
    let closure = || policy.call("closure").run(async || Ok::<_, Failed>(&*text));
    let cases = [
        (
            both("of_impl", || store.of_impl()).await,
            "depends on a type parameter",
        ),
        (
            both("shared", || store.shared()).await,
            "depends on a type parameter",
        ),
        (both("of_self", || store.of_self()).await, "`Self`"),
        (both("generic", || generic(&text)).await, "type parameter"),
        (both("borrowed", || borrowed(&text)).await, "may borrow"),
        (both("opaque", || opaque(&text)).await, "`impl Trait`"),
        (both("closure", closure).await, "closure"),
    ];
    for ((message, class), reason) in cases {
        assert!(
            message.contains("`ok(..)` cannot take the place"),
            "{message}"
        );
        assert!(message.contains(reason), "{message}");
        assert_eq!(class, Class::Overloaded);
    }
}

#[resilient(name = "local", attempts = 1)]
async fn local() -> Result<Rc<u8>, Failed> {
    Ok(Rc::new(1))
}

#[resilient_runtime::test]
async fn futures_are_send_as_without_the_kit_and_results_need_not_be() {
    fn is_send(_: &impl Send) {}
    let sent = Counter::new();
    let call = ask(&sent);
    is_send(&call);
    is_send(&script("app::ask", [ok(1_u32)], call));
    let answer: Answer = script("app::ask", [ok(1_u32)], ask(&sent)).await;
    answer.unwrap();
    let failed = script("local", [status(503)], local()).await;
    assert_eq!(failed.unwrap_err().classify().class, Class::Overloaded);
}
