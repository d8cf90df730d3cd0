//! Arguments that the first attempt uses up.

use super::params::{Param, Passing};
use crate::text::errors::Errors;

/// Reports arguments that the first attempt uses up.
pub(crate) fn not_used_up(params: &[Param], errors: &mut Errors) {
    for param in params {
        not_used_up(&param.parts, errors);
        let Passing::UsedUp(name) = param.passing else {
            continue;
        };
        let instead = match name {
            "FnOnce" | "AsyncFnOnce" => {
                "take an `impl Fn`, or add the bound `Clone`, or put `#[resilient]` on the function \
                    that makes the request"
            }
            "AsyncWrite" | "Sink" => {
                "put `#[resilient]` on the function that makes the request, and write its result \
                    afterwards; or add the bound `Clone`, or take a `&mut`, which every attempt writes \
                    to"
            }
            "Future" | "IntoFuture" => {
                "put `#[resilient]` on the function that makes the future, or take an `impl Fn` that \
                    makes it"
            }
            _ => {
                "put `#[resilient]` on the function that makes the request, and take its data as bytes \
                    or a `Vec`; or add the bound `Clone`"
            }
        };
        errors.at(
            &param.ty,
            format!("the first attempt uses up this `{name}`, so the function cannot be repeated: {instead}"),
        );
    }
}
