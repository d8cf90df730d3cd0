//! Plain functions, which block their thread: what needs a task is reported.

use super::{Shape, Target, returns::bare};
use crate::{
    args::{Args, Cell, Value},
    text::errors::Errors,
};
use quote::ToTokens;
use syn::Type;

/// Whether the type may be a `Result` that is given at once, and is no future by its name.
pub(super) fn may_be_result(ty: &Type) -> bool {
    let Type::Path(path) = bare(ty) else {
        return false;
    };
    path.path.segments.last().is_some_and(|last| {
        let name = last.ident.to_string();
        !["Pin", "Box"].contains(&name.as_str())
            && !name.ends_with("Future")
            && !name.ends_with("Fut")
    })
}

/// Reports arguments that need an async function.
pub(crate) fn check(args: &Args, target: &Target, errors: &mut Errors) {
    if !matches!(target.shape, Shape::Blocking) {
        return;
    }
    not(
        &args.hedge,
        "a hedge runs a second attempt while the first one goes on, and a blocking attempt has its \
            thread to itself: make the function `async`, or remove `hedge`",
        errors,
    );
    not(
        &args.body,
        "`body` reads the body of an async response: read it in the function, and remove `body`",
        errors,
    );
    if let Some(given) = args.timeout.given() {
        if !matches!(given.value, Value::Known(None)) {
            errors.at(
                given.key.to_token_stream(),
                "a blocking attempt cannot be cut: set the timeout of the client itself, such as \
                    `timeout_global` of ureq; the `deadline` limits waits and further attempts",
            );
        }
    }
    if target.stream.is_some() {
        errors.at(
            &target.result,
            "a stream needs an async function, for its items are awaited: write `async fn`",
        );
    } else {
        let message = "a blocking attempt cannot be cut, and gives no stream: set the timeout of the \
            client itself, such as `timeout_recv_body` of ureq";
        not(&args.first, message, errors);
        not(&args.idle, message, errors);
    }
}

fn not<T>(cell: &Cell<T>, message: &str, errors: &mut Errors) {
    if let Some(given) = cell.given() {
        errors.at(given.key.to_token_stream(), message);
    }
}
