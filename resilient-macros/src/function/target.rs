//! The function under the attribute.

use super::{
    blocking, exclusive,
    item::Item,
    params::{self, Param},
    receiver::{self, Receiver},
    returns,
    streams::Streamed,
};
use crate::{args::unwrapped, text::errors::Errors};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Signature, Type, Visibility};

/// The function under the attribute.
pub(crate) struct Target {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) defaultness: Option<Ident>,
    pub(crate) sig: Signature,
    pub(crate) shape: Shape,
    pub(crate) body: Group,
    /// The place of the braces of the function.
    pub(crate) braces: Span,
    pub(crate) receiver: Receiver,
    /// Whether `self` by value is lent if it is not `Clone`.
    pub(crate) lends_self: bool,
    /// The fields of such a `self` that the body uses as values, and that have to be `Copy`.
    pub(crate) copied_fields: Vec<TokenStream>,
    pub(crate) params: Vec<Param>,
    /// The result of a call as written, including `impl Trait`.
    pub(crate) result: Type,
    /// The result of the body: with `S` for a `Resilient<S>`.
    pub(crate) body_result: Type,
    /// The stream that it gives, if it is one.
    pub(crate) stream: Option<Streamed>,
}

/// The form of the function.
pub(crate) enum Shape {
    /// `async fn`: the body is repeated.
    Async,
    /// The body is one `async` block, boxed or not: the content of the block is repeated.
    Block { boxed: bool },
    /// The body makes a future of this type: the body is repeated.
    Future { boxed: bool, future: Box<Type> },
    /// A plain `fn`: the body is repeated, and blocks the thread of its caller.
    Blocking,
}

/// Reads the function.
pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Option<Target> {
    let Item {
        attrs,
        vis,
        defaultness,
        sig,
        body,
    } = errors.keep(syn::parse2::<Item>(tokens))?;
    let is_resilient = |attr: &&Attribute| {
        attr.path()
            .segments
            .last()
            .is_some_and(|last| last.ident == "resilient")
    };
    if let Some(second) = attrs.iter().find(is_resilient) {
        errors.at(
            second,
            "two `#[resilient]` would multiply their attempts: put all arguments into one",
        );
    }
    if let Some(constness) = &sig.constness {
        errors.at(
            constness,
            "a `const fn` cannot wait, so it cannot be resilient: remove `const`",
        );
    }
    if let Some(variadic) = &sig.variadic {
        errors.at(
            variadic,
            "a variadic function cannot be repeated: take a slice instead",
        );
    }
    let made = made_by(&sig, errors);
    let Some(mut body) = body else {
        errors.at(
            &sig.ident,
            "there is no body to repeat: put `#[resilient]` on the method in the `impl`, or give \
                this one a default body",
        );
        return None;
    };
    let braces = body.span();
    // A missing result has been reported; the rest is checked all the same.
    let Made { result, future } = made.unwrap_or_else(|| Made {
        result: Type::Verbatim(TokenStream::new()),
        future: None,
    });
    let shape = match future {
        None if sig.asyncness.is_none() => Shape::Blocking,
        None => Shape::Async,
        Some((boxed, future)) => {
            if let Some(block) = async_block(&body, boxed) {
                body = block;
                Shape::Block { boxed }
            } else {
                Shape::Future { boxed, future }
            }
        }
    };
    let receiver = receiver::of(&sig);
    let lent = (receiver == Receiver::Owned)
        .then(|| receiver::lent_with_fields(&sig, &body))
        .flatten();
    let params = params::of(&sig, &body.stream());
    exclusive::not_returned(&sig, &result, receiver, &params, errors);
    Some(Target {
        attrs,
        vis,
        defaultness,
        sig,
        shape,
        body,
        braces,
        receiver,
        lends_self: lent.is_some(),
        copied_fields: lent.unwrap_or_default(),
        params,
        body_result: result.clone(),
        result,
        stream: None,
    })
}

/// The output of the function.
struct Made {
    result: Type,
    /// Whether the future is boxed, and its type, where the function is not `async`.
    future: Option<(bool, Box<Type>)>,
}

fn made_by(sig: &Signature, errors: &mut Errors) -> Option<Made> {
    const NO_RESULT: &str = "a resilient function returns a `Result`, whose error is classified: write `-> Result<_, E>`";
    let returned = returns::written(&sig.output);
    let Some(ty) = returned else {
        errors.at(place_of_output(sig), NO_RESULT);
        return None;
    };
    let future = if sig.asyncness.is_some() {
        None
    } else {
        returns::future(ty)
    };
    let Some(future) = future else {
        if sig.asyncness.is_none() && !blocking::may_be_result(ty) {
            errors.at(
                sig.fn_token,
                "a resilient function is an `async fn`, or returns `impl Future<Output = \
                    Result<_, E>>` or `Pin<Box<dyn Future<Output = Result<_, E>>>>`, written out, \
                    or is a plain `fn` that returns a `Result<_, E>` and blocks its thread: write \
                    `async fn`",
            );
            return None;
        }
        return Some(Made {
            result: ty.clone(),
            future: None,
        });
    };
    if returns::is_nothing(&future.output) {
        errors.at(&future.output, NO_RESULT);
        return None;
    }
    Some(Made {
        result: future.output,
        future: Some((future.boxed, Box::new(ty.clone()))),
    })
}

/// The return type; without one, the name of the function.
fn place_of_output(sig: &Signature) -> TokenStream {
    match &sig.output {
        syn::ReturnType::Default => sig.ident.to_token_stream(),
        syn::ReturnType::Type(_, ty) => ty.to_token_stream(),
    }
}

/// The block, if the body consists of `Box::pin(async move { .. })` or `async move { .. }`.
fn async_block(body: &Group, boxed: bool) -> Option<Group> {
    let tokens: Vec<_> = body.stream().into_iter().map(unwrapped).collect();
    if !boxed {
        return block(&tokens);
    }
    let (TokenTree::Group(pinned), path) = tokens.split_last()? else {
        return None;
    };
    let path: String = path.iter().map(ToString::to_string).collect();
    let is_box_pin = path == "Box::pin" || path.ends_with("::Box::pin");
    if !is_box_pin || pinned.delimiter() != Delimiter::Parenthesis {
        return None;
    }
    let mut argument: Vec<_> = pinned.stream().into_iter().map(unwrapped).collect();
    if matches!(argument.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == ',') {
        argument.pop();
    }
    block(&argument)
}

fn block(tokens: &[TokenTree]) -> Option<Group> {
    let (TokenTree::Group(block), words) = tokens.split_last()? else {
        return None;
    };
    let words: Vec<_> = words.iter().map(ToString::to_string).collect();
    let is_async = matches!(
        words.iter().map(String::as_str).collect::<Vec<_>>()[..],
        ["async"] | ["async", "move"]
    );
    (is_async && block.delimiter() == Delimiter::Brace).then(|| block.clone())
}
