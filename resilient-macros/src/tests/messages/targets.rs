//! Messages about the function under the attribute.

use super::{attribute, item};

#[test]
fn by_ref_and_fields_are_checked() {
    attribute("by_ref()", &[("by_ref()", "is empty")]);
    attribute(
        "by_ref(3, text text)",
        &[
            ("3", "names of arguments"),
            ("text text", "names of arguments"),
        ],
    );
    attribute("by_ref(text, text)", &[("text", "given twice")]);
    attribute("by_ref(borrowed)", &[("borrowed", "is a reference")]);
    attribute("by_ref(a)", &[("a", "part of a pattern")]);
    attribute(
        "by_ref(banana)",
        &[("banana", "there is no argument `banana`")],
    );
    attribute("fields()", &[("fields()", "is empty")]);
    attribute("fields(text)", &[("text", "write `text = text`")]);
    attribute("fields(?text)", &[("?", "a field is `name = value`")]);
    attribute("fields(a.b = )", &[("a.b", "a field is `name = value`")]);
    attribute("fields(a = 1, a = 2)", &[("a", "given twice")]);
    attribute("fields(a = 1 b = 2)", &[("b", "expected a `,`")]);
    item(
        "#[resilient(by_ref(self))] async fn f(&self) -> R { x }",
        &[("self", "not taken by value")],
    );
    item(
        "#[resilient(by_ref(self))] async fn f() -> R { x }",
        &[("self", "not taken by value")],
    );
}

#[test]
fn wrong_items_are_answered_with_the_item_to_annotate() {
    for (target, word, part) in [
        ("struct S;", "struct", "a type: put it on the function"),
        ("pub enum E {}", "enum", "a type"),
        ("type T = u8;", "type", "a type"),
        (
            "impl S { async fn f() -> R { x } }",
            "impl",
            "each function inside",
        ),
        (
            "pub(crate) trait T {}",
            "trait",
            "the methods of the `impl`",
        ),
        ("mod m {}", "mod", "a module"),
        ("const X: u8 = 1;", "const", "a value"),
        ("static X: u8 = 1;", "static", "a value"),
        ("use a::b;", "use", "cannot be used on this"),
        ("extern crate a;", "extern", "cannot be used on this"),
        ("3", "3", "goes on a function"),
        ("fn f() {}", "f", "returns a `Result`"),
        ("fn f() -> () { x }", "()", "returns a `Result`"),
        ("fn f() -> impl Display { x }", "fn", "written out"),
        ("fn f() -> (u8, E) { x }", "fn", "write `async fn`"),
        ("fn f() -> Pin<Box<F>> { x }", "fn", "written out"),
        ("fn f() -> ReplyFuture<'static> { x }", "fn", "written out"),
        (
            "fn f() -> BoxFuture<'static, ()> { x }",
            "()",
            "returns a `Result`",
        ),
        ("async fn f() { x }", "f", "returns a `Result`"),
        ("async fn f() -> () { x }", "()", "returns a `Result`"),
        ("async fn f() -> ! { x }", "!", "returns a `Result`"),
        (
            "async fn f() -> R;",
            "f",
            "put `#[resilient]` on the method in the `impl`",
        ),
        ("const async fn f() -> R { x }", "const", "remove `const`"),
        (
            "async unsafe extern \"C\" fn f(a: u8, ...) -> R { x }",
            "...",
            "variadic",
        ),
        (
            "#[a::resilient(attempts = 3)] async fn f() -> R { x }",
            "#[a::resilient(attempts = 3)]",
            "put all arguments into one",
        ),
        ("async fn f() -> R = 3;", "=", "expected the body"),
    ] {
        item(&format!("#[resilient] {target}"), &[(word, part)]);
    }
}

#[test]
fn blocking_functions_are_told_what_needs_an_async_one() {
    for (written, word, part) in [
        ("hedge(after = \"1s\")", "hedge", "has its thread to itself"),
        ("body = true", "body", "read it in the function"),
        ("timeout = \"1s\"", "timeout", "the timeout of the client"),
        ("timeout = TIMEOUT", "timeout", "`deadline` limits waits"),
        ("first = \"90s\"", "first", "gives no stream"),
        ("idle = \"1s\"", "idle", "gives no stream"),
        ("last = done", "last", "gives no stream"),
        ("stream = true", "R", "a stream needs an async function"),
    ] {
        let written = format!("#[resilient({written})] fn f() -> R {{ x }}");
        item(&written, &[(word, part)]);
    }
    item(
        "#[resilient] fn f() -> Result<BoxStream<'static, Result<u8, E>>, E> { x }",
        &[(
            "Result<BoxStream<'static, Result<u8, E>>, E>",
            "a stream needs an async function",
        )],
    );
}

#[test]
fn mistakes_in_the_attribute_and_in_the_function_come_together() {
    item(
        "#[resilient(attempts = 0)] const fn f() -> R;",
        &[
            ("0", "at least 1"),
            ("const", "remove `const`"),
            ("f", "no body"),
        ],
    );
}

#[test]
fn a_generic_error_type_needs_its_bounds() {
    let answer = "write `F: Classify + FromRejection`";
    for written in [
        "async fn f<F>() -> Result<(), F> { x }",
        "async fn f<F: Error + 'static>() -> Result<(), F> where F: Send { x }",
    ] {
        item(&format!("#[resilient] {written}"), &[("F", answer)]);
    }
    for right in [
        "#[resilient] async fn f<T: Send>() -> io::Result<T> { x }",
        "#[resilient] async fn f<F: Failure>() -> Result<(), F> { x }",
        "#[resilient] async fn f<F>() -> Result<(), F> where F: Failure { x }",
        "#[resilient] async fn f<F>() -> Result<(), CallError<F>> { x }",
        "#[resilient] async fn f<T>() -> Result<T, Other> { x }",
        "#[resilient] async fn f() -> Result<(), F> { x }",
    ] {
        assert!(super::mistakes(right).0.is_empty(), "{right}");
    }
}

#[test]
fn a_borrow_of_a_mut_argument_cannot_be_returned() {
    for (written, word) in [
        (
            "async fn f(buf: &mut Vec<u8>) -> Result<&[u8], E> { x }",
            "Result<&[u8], E>",
        ),
        (
            "async fn f<'a>(&self, buf: &'a mut S, b: &str) -> Result<Cow<'a, str>, E> { x }",
            "Result<Cow<'a, str>, E>",
        ),
        (
            "async fn f(self: Arc<Self>, buf: &mut S) -> Result<&str, E> { x }",
            "Result<&str, E>",
        ),
    ] {
        let answer = "a borrow of `buf: &mut _` cannot be returned";
        item(&format!("#[resilient] {written}"), &[(word, answer)]);
    }
    for right in [
        "async fn f(&self, buf: &mut S) -> Result<&str, E> { x }",
        "async fn f<'a>(buf: &'a mut S, b: &'a str) -> Result<&'a str, E> { x }",
        "async fn f<'a, 'b>(buf: &'a mut &'b str) -> Result<&'b str, E> { x }",
        "async fn f<'a, 'b: 'a>(buf: &'a mut S, b: &'b str) -> Result<&'a str, E> { x }",
        "async fn f(buf: &mut S) -> Result<&'static str, E> { x }",
        "async fn f(buf: &mut S) -> Result<Box<dyn Fn(&str) -> &str>, E> { x }",
    ] {
        assert!(
            super::mistakes(&format!("#[resilient] {right}"))
                .0
                .is_empty(),
            "{right}"
        );
    }
}

#[test]
fn a_borrow_of_mut_self_cannot_be_returned() {
    for (written, word) in [
        (
            "async fn f(&mut self) -> Result<&str, E> { x }",
            "Result<&str, E>",
        ),
        (
            "async fn f<'a>(&'a mut self, b: &str) -> Result<&'a str, E> { x }",
            "Result<&'a str, E>",
        ),
        (
            "async fn f(self: &mut Self) -> Result<Cow<'_, str>, E> { x }",
            "Result<Cow<'_, str>, E>",
        ),
        (
            "fn f<'a>(&'a mut self) -> Pin<Box<dyn Future<Output = Result<&'a u8, E>> + 'a>> { x }",
            "Result<&'a u8, E>",
        ),
    ] {
        let answer = "retry the fetch in a method of its own and borrow afterwards";
        item(&format!("#[resilient] {written}"), &[(word, answer)]);
    }
    for right in [
        "async fn f(&mut self) -> Result<&'static str, E> { x }",
        "async fn f<'b>(&mut self, b: &'b str) -> Result<&'b str, E> { x }",
        "async fn f(&self) -> Result<&str, E> { x }",
        "fn f<'a>(&'a mut self) -> Pin<Box<dyn Future<Output = Result<u8, E>> + 'a>> { x }",
    ] {
        assert!(
            super::mistakes(&format!("#[resilient] {right}"))
                .0
                .is_empty(),
            "{right}"
        );
    }
}
