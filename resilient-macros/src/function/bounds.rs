//! The bounds of an `impl Trait` or a type parameter in the place of an argument.

use super::returns::bare;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    GenericArgument, GenericParam, PathArguments, Signature, TraitBound, Type, TypeParamBound,
    WherePredicate,
};

/// How a value with these bounds can reach more than one attempt.
pub(super) enum Kind<'a> {
    /// It is `Clone`.
    Clone,
    /// A reference to it has the same bounds.
    ByReference,
    /// An exclusive reference to it has the same bounds.
    FnMut,
    /// It is converted to this type.
    Into(&'a Type),
    /// It is converted by the body, which has the error.
    TryInto,
    /// It is collected.
    IntoIterator,
    /// Its items are kept.
    Iterator,
    /// Not at all, by this trait.
    UsedUp(&'static str),
    /// Its bounds do not tell.
    Other,
}

/// Bounds without an effect on this.
const NEUTRAL: &[&str] = &[
    "Send",
    "Sync",
    "Unpin",
    "Sized",
    "UnwindSafe",
    "RefUnwindSafe",
];

/// Traits that a reference has if its target has them.
const BY_REFERENCE: &[&str] = &[
    "AsRef",
    "Display",
    "Debug",
    "Serialize",
    "Fn",
    "AsyncFn",
    "Error",
    "ToSocketAddrs",
];

/// Traits whose values are used up by the attempt that reads, writes, calls or awaits them.
const USED_UP: &[&str] = &[
    "FnOnce",
    "AsyncFnOnce",
    "Stream",
    "TryStream",
    "Sink",
    "AsyncRead",
    "AsyncBufRead",
    "AsyncWrite",
    "Read",
    "Future",
    "IntoFuture",
];

/// The kind of an `impl Trait` or of a type parameter of the function; `None` for other types.
pub(super) fn kind_of<'a>(ty: &'a Type, sig: &'a Signature) -> Option<Kind<'a>> {
    let bounds = of(ty, sig)?;
    let mut traits = Vec::new();
    for bound in bounds {
        match bound {
            TypeParamBound::Trait(bound) => {
                let last = bound.path.segments.last()?;
                if !NEUTRAL.iter().any(|name| last.ident == name) {
                    traits.push((bound, last));
                }
            }
            TypeParamBound::Lifetime(_) => {}
            _ => return Some(Kind::Other),
        }
    }
    let is_one_of = |bound: &TraitBound, names: &'static [&'static str]| {
        let last = bound.path.segments.last()?;
        names.iter().copied().find(|name| last.ident == name)
    };
    let has = |name: &str| traits.iter().any(|(_, last)| last.ident == name);
    let all = |names: &'static [&'static str]| {
        traits
            .iter()
            .all(|(bound, _)| is_one_of(bound, names).is_some())
    };
    Some(if has("Clone") || has("Copy") {
        Kind::Clone
    } else if traits.is_empty() {
        Kind::Other
    } else if all(BY_REFERENCE) {
        Kind::ByReference
    } else if all(&["FnMut", "AsyncFnMut"]) {
        Kind::FnMut
    } else if let Some(name) = all(USED_UP)
        .then(|| {
            traits
                .iter()
                .find_map(|(bound, _)| is_one_of(bound, USED_UP))
        })
        .flatten()
    {
        Kind::UsedUp(name)
    } else if let [(_, last)] = &traits[..] {
        match &last.arguments {
            PathArguments::AngleBracketed(arguments) if last.ident == "Into" => {
                match arguments.args.first() {
                    Some(GenericArgument::Type(target)) => Kind::Into(target),
                    _ => Kind::Other,
                }
            }
            _ if last.ident == "TryInto" => Kind::TryInto,
            _ if last.ident == "IntoIterator" => Kind::IntoIterator,
            _ if last.ident == "Iterator" => Kind::Iterator,
            _ => Kind::Other,
        }
    } else {
        Kind::Other
    })
}

/// The bounds of this type, if it is an `impl Trait` or a type parameter of the function.
fn of<'a>(ty: &'a Type, sig: &'a Signature) -> Option<Vec<&'a TypeParamBound>> {
    let ty = match bare(ty) {
        Type::ImplTrait(ty) => return Some(ty.bounds.iter().collect()),
        Type::Path(ty) => ty,
        _ => return None,
    };
    let name = ty.path.get_ident()?;
    let mut declared = sig.generics.params.iter().filter_map(|param| match param {
        GenericParam::Type(param) if param.ident == *name => Some(param),
        _ => None,
    });
    let mut bounds: Vec<_> = declared.next()?.bounds.iter().collect();
    for predicate in predicates(sig) {
        if let WherePredicate::Type(predicate) = predicate
            && is_name(&predicate.bounded_ty, name)
        {
            bounds.extend(&predicate.bounds);
        }
    }
    Some(bounds)
}

fn predicates(sig: &Signature) -> impl Iterator<Item = &WherePredicate> {
    sig.generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates)
}

fn is_name(ty: &Type, name: &Ident) -> bool {
    matches!(bare(ty), Type::Path(ty) if ty.path.is_ident(name))
}

/// Whether a predicate has this type parameter in another place than that of the bounded type, or
/// of an associated type that is bounded.
pub(super) fn is_bound_elsewhere(name: &Ident, sig: &Signature) -> bool {
    predicates(sig).any(|predicate| match predicate {
        WherePredicate::Type(predicate) => count(predicate.bounds.to_token_stream(), name) > 0,
        _ => false,
    })
}

/// The number of times that the tokens contain this name.
pub(super) fn count(tokens: TokenStream, name: &Ident) -> usize {
    let of = |token| match token {
        TokenTree::Ident(word) => usize::from(word == *name),
        TokenTree::Group(group) => count(group.stream(), name),
        _ => 0,
    };
    tokens.into_iter().map(of).sum()
}
