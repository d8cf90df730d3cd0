//! Stage expand: takes the function and what its call shall do, gives the function with the loop around its body.
//! What is written here is as little as can be; behaviour is the runtime's.

pub(crate) mod locals;
mod policy;

use crate::{
    args::Level,
    doc,
    params::{self, Passing},
    policy::Config,
    receiver::{self, Receiver},
    returns,
    target::{Shape, Target},
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{FnArg, Signature, Token, Type, ext::IdentExt};

/// The names of the expansion's own variables, and where they come from.
struct Names<'a> {
    /// Variables made here cannot be seen by the user's code, nor the other way round.
    site: Span,
    /// The path of the runtime.
    rt: &'a TokenStream,
    policy: Ident,
    call: Ident,
    context: Ident,
    key: Ident,
    owned_self: Ident,
}

impl<'a> Names<'a> {
    fn new(rt: &'a TokenStream) -> Self {
        let site = Span::mixed_site();
        let name = |name| Ident::new(name, site);
        Self {
            site,
            rt,
            policy: name("__resilient_policy"),
            call: name("__resilient_call"),
            context: name("__resilient_context"),
            key: name("__resilient_key"),
            owned_self: name("__resilient_self"),
        }
    }
}

/// Writes the function.
///
/// Input:
/// `async fn chat(&self, prompt: String) -> R { BODY }`
///
/// Output:
/// `async fn chat(&self, prompt: String) -> R { static SITE; let policy; let call; loop { attempt { BODY } } }`
pub(crate) fn function(config: &Config, target: Target, borrows_self: bool) -> TokenStream {
    let own_crate = || quote_spanned!(Span::mixed_site()=> ::resilient_runtime);
    let rt = config
        .krate
        .as_ref()
        .map_or_else(own_crate, ToTokens::to_token_stream);
    let names = Names::new(&rt);
    let call = call(config, &target, borrows_self, &names);
    let body = match &target.shape {
        Shape::Async => call,
        Shape::Block { boxed } | Shape::Future { boxed, .. } => {
            let future = quote_spanned!(names.site=> async move { #call });
            match boxed {
                true => quote_spanned!(names.site=> ::std::boxed::Box::pin(#future)),
                false => future,
            }
        }
    };
    let doc = doc::section(config, &target.attrs);
    let Target {
        attrs,
        vis,
        defaultness,
        mut sig,
        params,
        receiver,
        ..
    } = target;
    params::rename(&params, &mut sig);
    if receiver == Receiver::Owned && !borrows_self {
        make_self_mutable(&mut sig);
    }
    quote!(#(#attrs)* #doc #vis #defaultness #sig { #body })
}

/// `self` is given its next value after a failed attempt.
fn make_self_mutable(sig: &mut Signature) {
    if let Some(FnArg::Receiver(receiver)) = sig.inputs.first_mut() {
        receiver
            .mutability
            .get_or_insert_with(|| Token![mut](receiver.self_token.span));
    }
}

/// The statements of the whole call.
fn call(config: &Config, target: &Target, borrows_self: bool, names: &Names<'_>) -> TokenStream {
    let Names {
        site,
        rt,
        call,
        context,
        key,
        owned_self,
        ..
    } = names;
    let place = site_of(config, &target.sig, names);
    let (policy, policy_ref) = policy::binding(&config.policy, is_shared(target), names);
    let plan = plan(config, &target.result, names);
    let is_move = target.receiver == Receiver::Owned && config.by_ref.is_empty();
    let locals::Locals { before, inside } =
        locals::of(&target.params, is_move, &quote!(#policy #plan), names);

    let (mut make_key, mut make_context) = (None, None);
    if config.context.is_some() {
        make_key =
            Some(quote_spanned!(*site=> let #key = #rt::__private::IdempotencyKey::random();));
        make_context = Some(quote_spanned!(*site=> let #context = (&#call).context(#key);));
    }
    let (mut clone_self, mut next_self) = (None, None);
    if let (Receiver::Owned, false, Some(receiver)) =
        (target.receiver, borrows_self, target.sig.receiver())
    {
        let word = Ident::new("self", receiver.self_token.span);
        let value = locals::clone_of(&word, locals::type_of_self(receiver), names);
        clone_self = Some(quote_spanned!(*site=> let #owned_self = #value;));
        next_self = Some(quote_spanned!(*site=> #word = #owned_self.into_inner();));
    }
    let attempt = attempt(config, target, &inside, names);
    let keyword = is_move.then(|| Token![move](*site));
    // What the types of the result and its error lack is reported at the return type.
    let (result_starts, _) = locals::ends(target.result.to_token_stream());
    let at_result = site.located_at(result_starts);
    let called = Ident::new(&call.to_string(), at_result);
    // What the borrow checker finds in the body as a whole is reported at the body.
    let at_body = site.located_at(target.body.span());
    let block = quote_spanned!(at_body=> async #keyword { #attempt });
    // Borrowed by hand: a method of that name on every type, by value, would come before ours.
    let run = quote_spanned!(at_result=> (&mut #called).attempt(#block).await);
    let end = quote_spanned!(at_body=> return __resilient_result);
    quote_spanned! {*site=>
        #place
        #policy
        #make_key
        let mut #call = #plan.start(&__RESILIENT_SITE, #policy_ref);
        loop {
            #before
            #clone_self
            #make_context
            match #run {
                ::core::ops::ControlFlow::Break(__resilient_result) => #end,
                ::core::ops::ControlFlow::Continue(()) => { #next_self }
            }
        }
    }
}

/// Whether the body has nothing exclusively, so that what the attribute borrows may stay borrowed.
fn is_shared(target: &Target) -> bool {
    matches!(target.receiver, Receiver::None | Receiver::Shared)
        && !target
            .params
            .iter()
            .any(|param| param.passing == Passing::Reborrowed)
}

/// What is known of the function for good: its name and the level of its span.
fn site_of(config: &Config, sig: &Signature, names: &Names<'_>) -> TokenStream {
    let Names { site, rt, .. } = names;
    let own_name = || {
        let name = format!("::{}", sig.ident.unraw());
        quote_spanned!(*site=> ::core::concat!(::core::module_path!(), #name))
    };
    let name = config
        .name
        .as_ref()
        .map_or_else(own_name, ToTokens::to_token_stream);
    let level = config.level.map(|level| {
        let level = Ident::new(level.variant, *site);
        quote_spanned!(*site=> .level(#rt::__private::Level::#level))
    });
    quote_spanned! {*site=>
        static __RESILIENT_SITE: #rt::__private::Site = #rt::__private::Site::new(#name) #level;
    }
}

/// What the call has of its own beside the policy.
///
/// Input: `classify = f, fields(model = m)`
///
/// Output: `Returns::<R>::new().resilient_plan().classify(f).span(span!(INFO, SITE, { model = m }))`
fn plan(config: &Config, result: &Type, names: &Names<'_>) -> TokenStream {
    let Config {
        schedule,
        classify,
        classify_ok,
        fields,
        level,
        ..
    } = config;
    let Names { site, rt, .. } = names;
    // What an expression lacks is reported at the expression.
    let at = |by: &TokenStream| site.located_at(locals::ends(by.clone()).0);
    let classify = classify
        .as_ref()
        .map(|by| quote_spanned!(at(by)=> .classify(#by)));
    let classify_ok = classify_ok
        .as_ref()
        .map(|by| quote_spanned!(at(by)=> .classify_ok(#by)));
    let schedule = schedule
        .as_ref()
        .map(|by| quote_spanned!(at(by)=> .schedule(#by)));
    let span = fields.as_ref().map(|fields| {
        let level = Ident::new(level.unwrap_or(Level::INFO).constant, *site);
        quote_spanned!(*site=> .span(#rt::__private::span!(#level, __RESILIENT_SITE, { #fields })))
    });
    let is_written_out = !returns::has_impl_trait(result);
    let result = returns::inferable(result);
    let (start, _) = locals::ends(result.to_token_stream());
    let rt = locals::located_at(rt, start);
    let at_result = site.located_at(start);
    // What a success says itself is asked where the type can be named and nobody else looks at it.
    let plan = if is_written_out && classify_ok.is_none() {
        quote_spanned!(at_result=> #rt::__private::Returns::<#result>::new().resilient_plan())
    } else {
        quote_spanned!(at_result=> #rt::__private::Plan::<#result>::new())
    };
    quote_spanned!(*site=> #plan #classify #classify_ok #schedule #span)
}

/// What is in the async block of an attempt.
fn attempt(
    config: &Config,
    target: &Target,
    inside: &TokenStream,
    names: &Names<'_>,
) -> TokenStream {
    let Names { site, context, .. } = names;
    let edge = edge(&returns::inferable(&target.result), names);
    let bind_context = config
        .context
        .as_ref()
        .map(|name| quote_spanned!(*site=> let #name = #context;));
    let rewritten = match target.receiver {
        Receiver::Mut => receiver::rewritten(&target.body),
        _ => None,
    };
    let reborrow_self = rewritten
        .as_ref()
        .and_then(|_| target.sig.receiver())
        .map(|receiver| {
            let name = receiver::reborrowed(*site);
            let word = receiver.self_token;
            quote_spanned!(*site=> let #name = &mut *#word;)
        });
    let mut body = rewritten.unwrap_or_else(|| target.body.clone());
    // Braces of the user's inside ours would be taken for unnecessary ones of his.
    body.set_span(site.located_at(body.span()));
    let run = match &target.shape {
        Shape::Async | Shape::Block { .. } => body.into_token_stream(),
        Shape::Future { future, .. } => {
            let future_edge = self::edge(&returns::inferable(future), names);
            quote_spanned! {*site=>
                #[allow(clippy::async_yields_async)]
                let __resilient_future = (async { #future_edge #body }).await;
                __resilient_future.await
            }
        }
    };
    quote_spanned!(*site=> #edge #bind_context #reborrow_self #inside #run)
}

/// Never runs; it says which type the block gives, so that a wrong one is reported in the user's own words.
fn edge(ty: &Type, names: &Names<'_>) -> TokenStream {
    let (start, _) = locals::ends(ty.to_token_stream());
    quote_spanned! {names.site.located_at(start)=>
        #[allow(
            unknown_lints,
            unreachable_code,
            clippy::diverging_sub_expression,
            clippy::empty_loop,
            clippy::let_unit_value,
            clippy::let_with_type_underscore,
            clippy::needless_return,
            clippy::type_complexity
        )]
        if false {
            let __resilient_edge: #ty = loop {};
            return __resilient_edge;
        }
    }
}
