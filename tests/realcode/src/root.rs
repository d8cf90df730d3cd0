//! Functions that poll others, so that the compiler generates code for the body of an async method,
//! which else nobody in the crate may call.

use syn::{FnArg, GenericParam, Generics, Signature, spanned::Spanned};

/// In the name of each such function, and so in its symbol.
pub const NAME: &str = "resilient_root";

/// What the functions call, at the end of the crate's `lib.rs`.
pub const POLL: &str = "
#[allow(warnings)]
fn resilient_poll<F: ::core::future::Future>(future: F) {
    let mut context = ::core::task::Context::from_waker(::core::task::Waker::noop());
    let _ = ::core::pin::pin!(future).poll(&mut context);
}
";

/// The function for one that needs no type; `path` is in front of its name.
pub fn of(source: &str, sig: &Signature, path: &str) -> Option<String> {
    if !is_concrete(&sig.generics) {
        return None;
    }
    let text = |span: proc_macro2::Span| source.get(span.byte_range());
    let generics = match sig.generics.lt_token {
        Some(_) => text(sig.generics.span())?,
        None => "",
    };
    let (mut taken, mut passed) = (Vec::new(), Vec::new());
    for (index, input) in sig.inputs.iter().enumerate() {
        match input {
            FnArg::Receiver(receiver) => {
                taken.push(text(receiver.span())?.to_owned());
                passed.push("self".to_owned());
            }
            FnArg::Typed(argument) => {
                let written = text(argument.ty.span())?;
                if written.contains("impl ") {
                    return None;
                }
                taken.push(format!("a{index}: {written}"));
                passed.push(format!("a{index}"));
            }
        }
    }
    let (taken, passed) = (taken.join(", "), passed.join(", "));
    let name = &sig.ident;
    Some(format!(
        " #[allow(warnings)] pub fn {NAME}_{name}{generics}({taken}) \
         {{ crate::resilient_poll({path}{name}({passed})) }}"
    ))
}

/// Whether there are lifetimes at most.
pub fn is_concrete(generics: &Generics) -> bool {
    let is_lifetime = |param: &GenericParam| matches!(param, GenericParam::Lifetime(_));
    generics.where_clause.is_none() && generics.params.iter().all(is_lifetime)
}
