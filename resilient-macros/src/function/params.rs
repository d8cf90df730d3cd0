//! The parameters: how each is passed to an attempt, and its name in the body.

pub(crate) use super::passing::Passing;

use super::{
    Target, parts,
    passing::{self, Passed},
    receiver::Receiver,
    tokens, uses,
};
use crate::{
    args::Fallback,
    text::{errors::Errors, suggest::nearest},
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{
    Attribute, ExprClosure, FnArg, Pat, PatIdent, PatType, Signature, Token, Type, ext::IdentExt,
};

/// A parameter other than `self`.
pub(crate) struct Param {
    /// Attributes that also apply to the variables made from it: `cfg` and lint levels.
    pub(crate) attrs: Vec<Attribute>,
    /// Its pattern in the body.
    pub(crate) pat: Pat,
    pub(crate) ty: Type,
    pub(crate) passing: Passing,
    /// The type that an `impl Into<_>` is converted to.
    pub(crate) target: Option<Type>,
    /// It is an `Option` of a value with this passing.
    pub(crate) is_option: bool,
    /// The bounds that a reference to it has to have, if it may be lent only then.
    pub(crate) bounds: Vec<syn::TraitBound>,
    /// The fields that the body uses as values, if it may be lent, and that have to be `Copy` then.
    pub(crate) fields: Vec<TokenStream>,
    /// The variable of an attempt that is made from it.
    pub(crate) local: Ident,
    /// Its name in the function, if the pattern is more than a name.
    unnamed: Ident,
    /// Its name, if the pattern is just a name.
    pub(crate) name: Option<Ident>,
    /// The parts of a tuple that is taken apart once, so that each reaches the attempts by itself.
    pub(crate) parts: Vec<Self>,
}

/// The parameters of this function.
pub(crate) fn of(sig: &Signature, body: &TokenStream) -> Vec<Param> {
    sig.inputs
        .iter()
        .filter_map(typed)
        .enumerate()
        .map(|(index, typed)| {
            let attrs = typed.attrs.iter().filter(|attr| is_shared(attr)).cloned();
            let function = Function { sig, body };
            function.param(
                &index.to_string(),
                attrs.collect(),
                (*typed.pat).clone(),
                (*typed.ty).clone(),
            )
        })
        .collect()
}

fn typed(input: &FnArg) -> Option<&PatType> {
    match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    }
}

/// The function around a parameter, on which its passing depends.
struct Function<'a> {
    sig: &'a Signature,
    body: &'a TokenStream,
}

impl Function<'_> {
    /// The parameter, or part of one, with this number.
    fn param(&self, number: &str, attrs: Vec<Attribute>, pat: Pat, ty: Type) -> Param {
        let name = match &pat {
            Pat::Ident(PatIdent {
                by_ref: None,
                subpat: None,
                ident,
                ..
            }) => Some(ident.clone()),
            _ => None,
        };
        let Passed {
            passing,
            target,
            is_option,
            bounds,
        } = passing::of(&pat, &ty, self.sig, self.body);
        let fields = match &name {
            Some(name) if passing == Passing::Lent => uses::fields_of(name, self.body),
            _ => None,
        };
        let parts = match parts::of(&pat, &ty) {
            Some(parts) if passing.is_owned() => parts
                .enumerate()
                .map(|(index, (pat, ty))| {
                    let number = format!("{number}_{index}");
                    self.param(&number, attrs.clone(), pat.clone(), ty.clone())
                })
                .collect(),
            _ => Vec::new(),
        };
        Param {
            attrs,
            pat,
            ty,
            passing,
            target,
            is_option,
            bounds,
            fields: fields.unwrap_or_default(),
            local: format_ident!("__resilient_{number}", span = Span::mixed_site()),
            unnamed: format_ident!("__resilient_argument_{number}", span = Span::mixed_site()),
            name,
            parts,
        }
    }
}

/// Whether the attribute also applies to the variable in the body.
fn is_shared(attr: &Attribute) -> bool {
    ["cfg", "allow", "warn", "deny", "forbid", "expect"]
        .iter()
        .any(|name| attr.path().is_ident(name))
}

impl Param {
    /// Its name in the function.
    pub(crate) fn outer(&self) -> &Ident {
        self.name.as_ref().unwrap_or(&self.unnamed)
    }

    /// Whether a variable of its pattern has this name.
    fn declares(&self, name: &Ident) -> bool {
        let pattern: Vec<_> = self.pat.to_token_stream().into_iter().collect();
        tokens::declares(&pattern, name)
    }

    /// The names of it and of its parts that are passed in this way.
    pub(crate) fn names_of(&self, is_such: fn(Passing) -> bool) -> Vec<&Ident> {
        let own = self.name.iter().filter(|_| is_such(self.passing));
        let parts = self.parts.iter().flat_map(|part| part.names_of(is_such));
        own.chain(parts).collect()
    }

    /// True if it, or a part of it, is passed in such a way.
    pub(crate) fn has(&self, is_such: fn(Passing) -> bool) -> bool {
        if self.parts.is_empty() {
            return is_such(self.passing);
        }
        self.parts.iter().any(|part| part.has(is_such))
    }

    /// The pattern that takes it apart. The names of `exclusive` are `mut`.
    pub(crate) fn taken_apart(&self, exclusive: &[Ident]) -> Pat {
        let part = |part: &Self| match part.passing {
            Passing::Unused | Passing::Borrowed => part.pat.to_token_stream(),
            _ => part
                .named(exclusive.contains(&part.local))
                .into_token_stream(),
        };
        let parts = self.parts.iter().map(part);
        Pat::Verbatim(quote!((#(#parts,)*)))
    }

    /// Its name as a pattern.
    fn named(&self, is_mut: bool) -> Pat {
        Pat::Ident(PatIdent {
            attrs: Vec::new(),
            by_ref: None,
            mutability: is_mut.then(|| Token![mut](self.outer().span())),
            ident: self.outer().clone(),
            subpat: None,
        })
    }

    /// Replaces the pattern by a name, with `mut` only if the loop borrows it exclusively. Each
    /// attempt has the pattern itself.
    fn rename(&self, all: bool, is_mut: bool, typed: &mut PatType) {
        let is_left = match self.passing {
            Passing::Unused => !all,
            Passing::Borrowed => true,
            _ => false,
        };
        if is_left {
            return;
        }
        // The parameter is always used, so an expected lint comes from the variable of the attempt.
        typed.attrs.retain(|attr| !attr.path().is_ident("expect"));
        *typed.pat = self.named(is_mut);
    }
}

/// Replaces the patterns by names where the loop needs a name; all of them if `all` is set. The
/// names of `exclusive` are `mut`.
pub(crate) fn rename(params: &[Param], all: bool, exclusive: &[Ident], sig: &mut Signature) {
    let typed = sig.inputs.iter_mut().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    });
    for (param, typed) in params.iter().zip(typed) {
        param.rename(all, exclusive.contains(&param.local), typed);
    }
}

/// Marks the parameters that `by_ref` names. Returns whether it names `self`.
pub(crate) fn borrow(
    names: &[Ident],
    takes_self: bool,
    params: &mut [Param],
    errors: &mut Errors,
) -> bool {
    let mut borrows_self = false;
    for name in names {
        if name == "self" {
            borrows_self = true;
            if !takes_self {
                errors.at(
                    name,
                    "`self` is not taken by value here, so there is nothing to clone: remove it",
                );
            }
            continue;
        }
        let found = params
            .iter_mut()
            .find(|param| param.name.as_ref() == Some(name));
        match found {
            Some(param) if param.passing.is_owned() => param.passing = Passing::Borrowed,
            Some(_) => errors.at(
                name,
                format!("`{name}` is a reference, which is never cloned: remove it from `by_ref`"),
            ),
            None => errors.push(unknown(name, params)),
        }
    }
    borrows_self
}

fn unknown(name: &Ident, params: &[Param]) -> syn::Error {
    let is_in_pattern = |param: &Param| param.name.is_none() && param.declares(name);
    if params.iter().any(is_in_pattern) {
        let message = format!(
            "`{name}` is part of a pattern: give the argument a name and take it apart in the body"
        );
        return syn::Error::new(name.span(), message);
    }
    let names: Vec<String> = params
        .iter()
        .filter(|param| param.passing.is_owned())
        .filter_map(|param| param.name.as_ref())
        .map(|name| name.unraw().to_string())
        .collect();
    let hint = nearest(&name.to_string(), names.iter().map(String::as_str))
        .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    syn::Error::new(name.span(), format!("there is no argument `{name}`{hint}"))
}

/// Reports closures of a fallback that do not take all arguments and the error.
pub(crate) fn closures_fit(fallback: Option<&Fallback>, target: &Target, errors: &mut Errors) {
    let (receiver, self_first) = match target.receiver {
        Receiver::None => (0_usize, ""),
        _ => (1, "`self`, then "),
    };
    let expected = receiver
        .saturating_add(target.params.len())
        .saturating_add(1);
    for given in fallback.into_iter().flat_map(Fallback::functions) {
        let Ok(closure) = syn::parse2::<ExprClosure>(given.value.clone()) else {
            continue;
        };
        let found = closure.inputs.len();
        if found != expected {
            let message = format!(
                "a fallback takes {self_first}the arguments, then the error by value: write a closure with \
                    {expected} parameters instead of {found}"
            );
            errors.at(&given.words, message);
        }
    }
}

/// Reports a `context` with the name of an argument, which it would shadow.
pub(crate) fn not_shadowed(context: Option<&Ident>, params: &[Param], errors: &mut Errors) {
    let Some(context) = context else { return };
    if params.iter().any(|param| param.declares(context)) {
        errors.at(
            context,
            format!("`{context}` is an argument already: choose another name for the context"),
        );
    }
}
