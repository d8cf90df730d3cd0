//! The attribute as a whole: reads its arguments and the function, and writes the resilient
//! function. If there are mistakes, it writes these and the function as it was.

use crate::{
    args::{self, Cell, Value},
    expand,
    function::{
        self, Shape, blocking, exclusive, generic_error, params, receiver::Receiver, split,
        streams, used_up,
    },
    text::errors::Errors,
};
use proc_macro2::TokenStream;

/// Expands the attribute. With `has_injection`, something else can take the place of the body.
pub(crate) fn expand(attr: TokenStream, item: TokenStream, has_injection: bool) -> TokenStream {
    let mut errors = Errors::default();
    let mut args = args::parse(attr, &mut errors);
    let mut target = function::parse(item.clone(), &mut errors);
    let mut borrows_self = false;
    let mut batch = None;
    if let Some(target) = &mut target {
        let names = args.by_ref.value().map_or(&[][..], Vec::as_slice);
        let takes_self = matches!(target.receiver, Receiver::Owned | Receiver::Pinned);
        borrows_self = params::borrow(names, takes_self, &mut target.params, &mut errors);
        if borrows_self && takes_self {
            target.receiver = Receiver::Owned;
        }
        target.stream = streams::of(&target.result, args.stream.value().copied());
        if target.stream.is_some() {
            streams::unwrap(&mut target.body_result);
        }
        let is_blocking = matches!(target.shape, Shape::Blocking);
        streams::check(&args, is_blocking, target.stream.as_ref(), &mut errors);
        blocking::check(&args, target, &mut errors);
        if is_blocking {
            // So that nobody shows or counts with a timeout that there is not.
            args.timeout = Cell::Implied(Value::Known(None));
        }
        let hedge = args.hedge.given().map(|given| &given.key);
        let takes_mut_self = matches!(target.receiver, Receiver::Mut | Receiver::Pinned);
        exclusive::not_hedged(hedge, takes_mut_self, &target.params, &mut errors);
        used_up::not_used_up(&target.params, &mut errors);
        params::not_shadowed(args.context.value(), &target.params, &mut errors);
        let classifies = !args.classify.is_empty();
        generic_error::is_bounded(&target.sig, &target.result, classifies, &mut errors);
        params::closures_fit(args.fallback.value(), target, &mut errors);
        batch = split::of(&args, target, &mut errors);
    }
    match (errors.into_compile_errors(), target) {
        (None, Some(target)) => {
            let each = batch.map(|batch| expand::each(&args, &target, &batch, has_injection));
            let mut output = expand::function(&args, target, borrows_self, has_injection);
            output.extend(each);
            output
        }
        (errors, _) => {
            let mut output = errors.unwrap_or_default();
            output.extend(item);
            output
        }
    }
}
