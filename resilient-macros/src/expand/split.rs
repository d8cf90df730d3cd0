//! The second function of `split`: it calls the first one with smaller and smaller batches.

use super::{Names, argument, plan};
use crate::{
    args::Args,
    function::{
        Shape, Target,
        params::{Param, Passing},
        receiver::Receiver,
        returns::{bare, has_impl_trait},
        split::{Batch, vec_item},
        tokens::mentions,
    },
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{
    FnArg, GenericParam, Pat, PatIdent, ReturnType, Token, Type, TypeParamBound, WherePredicate,
    ext::IdentExt, parse_quote_spanned, spanned::Spanned as _,
};

/// Writes the second function.
///
/// Input: `split` on `async fn f(&self, items: Vec<T>, to: Lang) -> Result<Vec<R>, E>`
///
/// Output:
/// `async fn f_each(&self, items: Vec<T>, to: Lang) -> Vec<Result<R, SharedError<E>>> {`
/// `let mut halving = Halving::new("f", items);`
/// `while let Some(part) = halving.next_part() {`
/// `halving.ended(Self::f(self, part, to.clone()).await); } halving.into_results() }`
pub(crate) fn each(
    args: &Args,
    target: &Target,
    batch: &Batch,
    has_injection: bool,
) -> TokenStream {
    let own_crate = || quote_spanned!(Span::mixed_site()=> ::resilient_runtime);
    let rt = args
        .krate
        .value()
        .map_or_else(own_crate, ToTokens::to_token_stream);
    let names = Names::new(&rt, has_injection);
    let site = names.site;
    let function = &target.sig.ident;
    let mut sig = target.sig.clone();
    sig.ident = format_ident!("{}_each", function.unraw(), span = function.span());
    let values = parameters(target, &mut sig, site);
    let Some(items) = values.get(batch.items) else {
        return TokenStream::new();
    };
    let part = Ident::new("__resilient_part", site);
    let halving = Ident::new("__resilient_halving", site);
    let arguments = values.iter().enumerate().map(|(index, value)| {
        if index == batch.items {
            part.to_token_stream()
        } else {
            value.passed.clone()
        }
    });
    let arguments = own_self(target, &mut sig, site)
        .into_iter()
        .chain(arguments);
    let result = &target.result;
    sig.output = output(result, batch, &rt);
    bound(target, &mut sig);
    let path = path(target);
    let name = plan::name_of(args, &target.sig, &names);
    let classify = args.classify.value().map(|by| {
        let at = site.located_at(argument::ends(by.clone()).0);
        quote_spanned!(at=> .classify(#by))
    });
    let at_items = site.located_at(
        target
            .params
            .get(batch.items)
            .map_or(site, |it| it.ty.span()),
    );
    let items = &items.name;
    let new = quote_spanned! {at_items=>
        #rt::__private::Halving::<_, #result>::new(#name, #items)
    };
    let doc = format!(
        " As [`{0}`](Self::{0}), with a result for each item, in their order.",
        function.unraw()
    );
    let doc = if target.receiver == Receiver::None {
        doc.replace("(Self::", "(")
    } else {
        doc
    };
    let attrs = target.attrs.iter().filter(|attr| {
        ["cfg", "allow", "warn", "deny"]
            .iter()
            .any(|it| attr.path().is_ident(it))
    });
    let is_async = !matches!(target.shape, Shape::Blocking);
    let awaited = is_async.then(|| quote_spanned!(site=> .await));
    let vis = &target.vis;
    let defaultness = &target.defaultness;
    quote_spanned! {site=>
        #(#attrs)*
        #[doc = #doc]
        #[doc = ""]
        #[doc = " A batch that fails as a whole is halved, down to single items; items of one batch share its error."]
        #[allow(clippy::needless_pass_by_value, clippy::type_complexity)]
        #vis #defaultness #sig {
            let mut #halving = #new #classify;
            while let ::core::option::Option::Some(#part) = #halving.next_part() {
                let __resilient_result = #path(#(#arguments),*) #awaited;
                #halving.ended(__resilient_result);
            }
            #halving.into_results()
        }
    }
}

/// A parameter of the second function.
struct Value {
    name: Ident,
    /// As it is passed to the first one.
    passed: TokenStream,
}

/// Gives each parameter a name. Returns how each is passed, without `self`.
fn parameters(target: &Target, sig: &mut syn::Signature, site: Span) -> Vec<Value> {
    let typed = sig.inputs.iter_mut().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    });
    target
        .params
        .iter()
        .zip(typed)
        .map(|(param, typed)| {
            let mut name = param.outer().clone();
            // It would hide the function.
            if name == target.sig.ident {
                name.set_span(site);
            }
            typed.attrs.retain(|attr| attr.path().is_ident("cfg"));
            let (passed, is_mut) = passed(param, &name, site);
            *typed.pat = Pat::Ident(PatIdent {
                attrs: Vec::new(),
                by_ref: None,
                mutability: is_mut.then(|| Token![mut](site)),
                ident: name.clone(),
                subpat: None,
            });
            if let Type::ImplTrait(ty) = &mut *typed.ty {
                ty.bounds
                    .push(parse_quote_spanned!(site=> ::core::clone::Clone));
            }
            Value { name, passed }
        })
        .collect()
}

/// The parameter as it is passed to a call, and whether it has to be `mut` for that.
fn passed(param: &Param, name: &Ident, site: Span) -> (TokenStream, bool) {
    let at = site.located_at(param.ty.span());
    match (bare(&param.ty), param.passing) {
        (Type::Reference(ty), _) if ty.mutability.is_some() => {
            (quote_spanned!(site=> &mut *#name), false)
        }
        (Type::Reference(_), _) => (name.to_token_stream(), false),
        (_, Passing::OptionMut) => (quote_spanned!(site=> #name.as_deref_mut()), true),
        (_, Passing::PinMut) => (quote_spanned!(site=> #name.as_mut()), true),
        _ => (
            quote_spanned!(at=> ::core::clone::Clone::clone(&#name)),
            false,
        ),
    }
}

/// `self` as it is passed to a call.
fn own_self(target: &Target, sig: &mut syn::Signature, site: Span) -> Option<TokenStream> {
    let FnArg::Receiver(receiver) = sig.inputs.first_mut()? else {
        return None;
    };
    let word = receiver.self_token;
    let at = site.located_at(word.span);
    let is_reference = matches!(receiver.kind, syn::ReceiverKind::Reference(..));
    if !is_reference {
        receiver.mutability = None;
    }
    Some(match target.receiver {
        Receiver::None => return None,
        Receiver::Shared => word.to_token_stream(),
        Receiver::Mut => quote_spanned!(at=> &mut *#word),
        Receiver::Pinned => {
            receiver.mutability = Some(Token![mut](site));
            quote_spanned!(at=> #word.as_mut())
        }
        Receiver::Owned => quote_spanned!(at=> ::core::clone::Clone::clone(&#word)),
    })
}

/// The return type: of a written `Result<Vec<R>, E>` by its types, otherwise by its trait.
fn output(result: &Type, batch: &Batch, rt: &TokenStream) -> ReturnType {
    let site = Span::mixed_site();
    let at = site.located_at(argument::ends(result.to_token_stream()).0);
    let (item, error) = match &batch.written {
        Some((item, error)) => (item.to_token_stream(), error.to_token_stream()),
        None => (
            quote_spanned!(at=> <#result as #rt::__private::BatchResult>::Item),
            quote_spanned!(at=> <#result as #rt::__private::BatchResult>::Error),
        ),
    };
    let output = quote_spanned! {at=>
        ::std::vec::Vec<::core::result::Result<#item, #rt::batch::SharedError<#error>>>
    };
    let arrow = Token![->](site);
    ReturnType::Type(arrow, Box::new(Type::Verbatim(output)))
}

/// Adds the bound `Clone` to the type parameters of the function that its arguments by value name.
fn bound(target: &Target, sig: &mut syn::Signature) {
    let site = Span::mixed_site();
    let values: TokenStream = target
        .params
        .iter()
        .filter(|param| !matches!(bare(&param.ty), Type::Reference(_)))
        .map(|param| vec_item(&param.ty).unwrap_or(&param.ty).to_token_stream())
        .collect();
    let generics = &mut sig.generics;
    for param in &mut generics.params {
        let GenericParam::Type(param) = param else {
            continue;
        };
        if !mentions(values.clone(), &param.ident) {
            continue;
        }
        let bound: TypeParamBound = parse_quote_spanned!(site=> ::core::clone::Clone);
        // Lints ask for all bounds of a parameter in one place.
        let predicate = generics
            .where_clause
            .iter_mut()
            .flat_map(|clause| &mut clause.predicates)
            .find_map(|predicate| match predicate {
                WherePredicate::Type(it) if is_named(&it.bounded_ty, &param.ident) => Some(it),
                _ => None,
            });
        match predicate {
            Some(predicate) => predicate.bounds.push(bound),
            None => param.bounds.push(bound),
        }
    }
}

fn is_named(ty: &Type, name: &Ident) -> bool {
    matches!(ty, Type::Path(ty) if ty.path.is_ident(name))
}

/// The path of the first function. One that has no `self` and names `Self` is an associated one.
fn path(target: &Target) -> TokenStream {
    let function = &target.sig.ident;
    let own = Ident::new("Self", function.span());
    let names_self = mentions(target.sig.to_token_stream(), &own)
        || mentions(target.body.to_token_stream(), &own);
    let types: Vec<&Ident> = target
        .sig
        .generics
        .params
        .iter()
        .filter_map(|param| match param {
            GenericParam::Type(param) => Some(&param.ident),
            GenericParam::Const(param) => Some(&param.ident),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    let has_impl = target.params.iter().any(|param| has_impl_trait(&param.ty));
    let types = (!types.is_empty() && !has_impl).then(|| quote!(::<#(#types),*>));
    if target.receiver != Receiver::None || names_self {
        quote!(#own::#function #types)
    } else {
        quote!(#function #types)
    }
}
