//! Writes the function with a loop around its body. The expansion is short, and calls the runtime.

pub(crate) mod argument;
mod attempt;
mod by_bounds;
mod fallback;
mod given;
mod injection;
mod kept;
mod literals;
mod locals;
mod own_self;
mod plan;
mod policy;
mod request;
mod split;
mod stream;
mod until;
mod upstream;

use crate::{
    args::Args,
    doc,
    function::{
        Shape, Target,
        params::{self, Param, Passing},
        receiver::Receiver,
    },
};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{FnArg, Signature, Token};

pub(crate) use split::each;

/// The variables of the expansion.
struct Names<'a> {
    /// The hygiene of the expansion: its variables and those of the function cannot see each other.
    site: Span,
    /// The path of the runtime.
    rt: &'a TokenStream,
    policy: Ident,
    upstream: Ident,
    call: Ident,
    context: Ident,
    key: Ident,
    owned_self: Ident,
    /// Whether something else can take the place of the body.
    has_injection: bool,
}

impl<'a> Names<'a> {
    fn new(rt: &'a TokenStream, has_injection: bool) -> Self {
        let site = Span::mixed_site();
        let name = |name| Ident::new(name, site);
        Self {
            site,
            rt,
            policy: name("__resilient_policy"),
            upstream: name("__resilient_upstream"),
            call: name("__resilient_call"),
            context: name("__resilient_context"),
            key: name("__resilient_key"),
            owned_self: name("__resilient_self"),
            has_injection,
        }
    }
}

/// Writes the function.
///
/// Input:
/// `async fn chat(&self, prompt: String) -> R { BODY }`
///
/// Output:
/// `async fn chat(&self, prompt: String) -> R {`
/// `static SITE; let policy; let call; loop { attempt { BODY } } }`
pub(crate) fn function(
    args: &Args,
    target: Target,
    borrows_self: bool,
    has_injection: bool,
) -> TokenStream {
    let own_crate = || quote_spanned!(Span::mixed_site()=> ::resilient_runtime);
    let rt = args
        .krate
        .value()
        .map_or_else(own_crate, ToTokens::to_token_stream);
    let names = Names::new(&rt, has_injection);
    let (call, exclusive) = call(args, &target, borrows_self, &names);
    let body = match &target.shape {
        Shape::Async => call,
        Shape::Blocking => {
            quote_spanned!(names.site=> #rt::__private::block_on(async move { #call }))
        }
        Shape::Block { boxed } | Shape::Future { boxed, .. } => {
            let future = quote_spanned!(names.site=> async move { #call });
            match boxed {
                true => quote_spanned!(names.site=> ::std::boxed::Box::pin(#future)),
                false => future,
            }
        }
    };
    let doc = doc::section(args, target.stream.is_some(), &target.attrs);
    let lints = lints(&target, borrows_self, &names);
    let Target {
        attrs,
        vis,
        defaultness,
        mut sig,
        params,
        receiver,
        braces,
        ..
    } = target;
    params::rename(
        &params,
        args.fallback.value().is_some() || args.resume.value().is_some(),
        &exclusive,
        &mut sig,
    );
    if receiver == Receiver::Pinned || (receiver == Receiver::Owned && !borrows_self) {
        make_self_mutable(args.hedge.value().is_none(), &mut sig);
    }
    // With the place of the user's braces: lints pass over functions whose body a macro has
    // written.
    let mut block = Group::new(Delimiter::Brace, body);
    block.set_span(braces);
    quote!(#(#attrs)* #doc #lints #vis #defaultness #sig #block)
}

/// Allows lints that only the expansion causes: about a borrow that need not be one if the argument
/// is lent, since the body cannot know that it is, and about futures made by hand.
fn lints(target: &Target, borrows_self: bool, names: &Names<'_>) -> TokenStream {
    let is_lent = |param: &Param| param.has(Passing::is_lent);
    let lends = target.params.iter().any(is_lent) || (target.lends_self && !borrows_self);
    let of_borrows = lends.then(|| {
        quote_spanned! {names.site=>
            #[allow(
                clippy::explicit_auto_deref,
                clippy::needless_borrow,
                clippy::needless_borrows_for_generic_args
            )]
        }
    });
    // A method of a reference could stand for a closure that calls the one of the value.
    let is_optional = target.params.iter().any(|param| param.is_option);
    let of_options = (lends && is_optional)
        .then(|| quote_spanned!(names.site=> #[allow(clippy::redundant_closure_for_method_calls)]));
    // Its suggestion would write parts of the expansion into the user's code.
    let is_made = matches!(
        target.shape,
        Shape::Block { boxed: false } | Shape::Future { boxed: false, .. }
    );
    let of_futures =
        is_made.then(|| quote_spanned!(names.site=> #[allow(clippy::manual_async_fn)]));
    quote!(#of_borrows #of_options #of_futures)
}

/// Makes `self` mutable if it is replaced after a failed attempt, or borrowed exclusively, which a
/// hedge does not do.
fn make_self_mutable(is_replaced: bool, sig: &mut Signature) {
    if let Some(FnArg::Receiver(receiver)) = sig.inputs.first_mut() {
        let mutability = receiver.mutability.take();
        let word = Token![mut](receiver.self_token.span);
        receiver.mutability = is_replaced.then(|| mutability.unwrap_or(word));
    }
}

/// The statements of the whole call, and the arguments that they borrow exclusively.
fn call(
    args: &Args,
    target: &Target,
    borrows_self: bool,
    names: &Names<'_>,
) -> (TokenStream, Vec<Ident>) {
    let Names { site, rt, call, .. } = names;
    let name = plan::name_of(args, &target.sig, names);
    let place = plan::site_of(args, target.stream.is_some(), &name, names);
    let (mut held, mut upstream) = (None, None);
    if let Some(source) = args.source() {
        let parts = upstream::upstream_parts(args, source, &name, names);
        (held, upstream) = (Some(parts.held), Some(parts.setter));
    }
    let (policy, policy_ref) = policy::binding(args, is_shared(target), names);
    let plan = plan::plan(args, target, upstream.as_ref(), names);

    let (make_key, make_context) = context(args, names).unzip();
    let hedge = args.hedge.value();
    let own_self::OwnSelf {
        before: clone_self,
        next: next_self,
        left: left_self,
    } = own_self::of(target, borrows_self, hedge.is_some(), names);
    // The borrow checker reports mistakes of the whole body at this place.
    let at_body = site.located_at(target.body.span());
    let end = match args.fallback.value() {
        None => quote_spanned!(at_body=> return __resilient_result),
        Some(fallback) => {
            let self_value = fallback::self_of(target, left_self.as_ref());
            fallback::end(args, fallback, target, self_value.as_ref(), names)
        }
    };
    let is_move = target.receiver == Receiver::Owned
        && !target.lends_self
        && args.by_ref.is_empty()
        && hedge.is_none();
    let of_attribute = quote!(#held #policy #plan);
    let of_fallback = args.fallback.value().map(|_| end.to_token_stream());
    let of_resume = args.resume.value().map(|resume| &resume.function);
    let of_until = args.until.value();
    let how = locals::How {
        is_move,
        is_hedged: hedge.is_some(),
        is_kept: args.fallback.value().is_some() || of_resume.is_some(),
        body: &target.body.stream(),
        attribute: &of_attribute,
        fallback: quote!(#of_fallback #of_resume #of_until),
    };
    let locals::Locals {
        once,
        before,
        inside,
        exclusive,
    } = locals::of(&target.params, &how, names);
    let inside = attempt::inside(args, target, &inside, borrows_self, of_attribute, names);
    let is_blocking = matches!(target.shape, Shape::Blocking);
    let keyword = is_move.then(|| Token![move](*site));
    let mut block = attempt::block(args, is_blocking, &inside, keyword, at_body, rt);
    let (mut before_stream, mut end) = (None, end);
    if let Some(stream) = &target.stream {
        before_stream = Some(stream::before(args, stream, names));
        block = stream::opening(&block, names);
        end = stream::end(args, target, stream, &end, names);
    }
    let (mut hedge_place, mut allowances) = (None, None);
    let (before, polled) = match hedge {
        None => (Some(quote!(#before #clone_self)), block),
        Some(hedge) => {
            hedge_place = Some(attempt::hedge(hedge, names));
            allowances =
                Some(quote_spanned!(*site=> let __resilient_hedges = (&#call).hedge_allowances();));
            let run = quote_spanned!(at_body=> || { #before #clone_self #block });
            let race = quote_spanned!(*site=> (&__RESILIENT_HEDGE).race(__resilient_hedges, #run));
            (None, race)
        }
    };
    let run = attempt::run(target, hedge.is_some() || is_blocking, &polled, names);
    let end = until::end(args, &end, next_self.as_ref(), names);
    let start = quote_spanned! {*site=>
        #make_key
        let mut #call = #plan.start(&__RESILIENT_CALL_SITE, #policy_ref);
    };
    let attempts = quote_spanned! {*site=>
        loop {
            #before
            #make_context
            #allowances
            match #run {
                ::core::ops::ControlFlow::Break(__resilient_result) => #end,
                ::core::ops::ControlFlow::Continue(()) => { #next_self }
            }
        }
    };
    let calls = until::calls(
        args,
        &start,
        &quote!(#once #before_stream),
        &attempts,
        names,
    );
    let whole = quote_spanned!(*site=> #place #hedge_place #held #policy #calls);
    (whole, exclusive)
}

/// The idempotency key of a call, and the context of an attempt, if the body has it.
fn context(args: &Args, names: &Names<'_>) -> Option<(TokenStream, TokenStream)> {
    args.context.value()?;
    let Names { site, rt, .. } = names;
    let (call, context, key) = (&names.call, &names.context, &names.key);
    Some((
        quote_spanned!(*site=> let #key = #rt::__private::IdempotencyKey::random();),
        quote_spanned!(*site=> let #context = (&#call).context(#key);),
    ))
}

/// Whether the function has no exclusive borrows, so that borrows by the attribute may last.
fn is_shared(target: &Target) -> bool {
    matches!(target.receiver, Receiver::None | Receiver::Shared)
        && !target
            .params
            .iter()
            .any(|param| param.has(|it| it.is_exclusive() || it == Passing::LentMut))
}
