//! The whole way: takes the attribute's tokens and the function's, gives the resilient function, or the function
//! as it was written beside all mistakes.

use crate::{args, errors::Errors, expand, params, policy, receiver::Receiver, target};
use proc_macro2::TokenStream;

/// Expands the attribute.
pub(crate) fn expand(attr: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let args = args::parse(attr, &mut errors);
    let config = policy::resolve(args, &mut errors);
    let mut target = target::parse(item.clone(), &mut errors);
    let mut borrows_self = false;
    if let Some(target) = &mut target {
        let takes_self = target.receiver == Receiver::Owned;
        borrows_self = params::borrow(&config.by_ref, takes_self, &mut target.params, &mut errors);
        let hedge = config.hedge.as_ref().map(|hedge| &hedge.key);
        let takes_mut_self = target.receiver == Receiver::Mut;
        params::not_exclusive(hedge, takes_mut_self, &target.params, &mut errors);
        params::not_shadowed(config.context.as_ref(), &target.params, &mut errors);
    }
    match (errors.into_compile_errors(), target) {
        (None, Some(target)) => expand::function(&config, target, borrows_self),
        (errors, _) => {
            let mut output = errors.unwrap_or_default();
            output.extend(item);
            output
        }
    }
}
