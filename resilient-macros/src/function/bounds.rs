//! The bounds of an `impl Trait` or a type parameter in the place of an argument.

use super::{known::is_known_clone, returns::bare, tokens::mentions};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    GenericArgument, GenericParam, Path, PathArguments, Signature, TraitBound, Type,
    TypeParamBound, WherePredicate,
};

/// How a value with these bounds can reach more than one attempt.
pub(super) enum Kind<'a> {
    /// It is `Clone`.
    Clone,
    /// A reference to it has the same bounds, and so has an exclusive one or not.
    ByReference { is_exclusive: bool },
    /// An exclusive reference to it has the same bounds.
    FnMut,
    /// It is borrowed as another type, and a reference to it also as itself.
    Borrow,
    /// It is converted to this type.
    Into(&'a Type),
    /// It is converted to a request by this trait of tonic.
    IntoRequest(&'a Path),
    /// It is converted by the body, which has the error.
    TryInto,
    /// Its items are kept, as its iterator gives them.
    IntoIterator,
    /// Its items are collected, since its iterator has bounds of its own.
    Collection,
    /// Its items are collected, and a reference to one of them has the bounds of an item.
    CollectionByReference,
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

/// Those of them that an exclusive reference does not have.
const BY_SHARED_REFERENCE: &[&str] = &["Fn", "AsyncFn", "Error", "ToSocketAddrs"];

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
    for bound in bounds.into_iter().filter(|bound| !is_neutral(bound)) {
        match bound {
            TypeParamBound::Trait(bound) => traits.push((bound, bound.path.segments.last()?)),
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
    } else if has("Borrow") {
        Kind::Borrow
    } else if all(BY_REFERENCE) {
        Kind::ByReference {
            is_exclusive: !BY_SHARED_REFERENCE.iter().any(|name| has(name)),
        }
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
    } else if let [(bound, last)] = &traits[..] {
        match &last.arguments {
            PathArguments::AngleBracketed(arguments) if last.ident == "Into" => {
                match arguments.args.first() {
                    Some(GenericArgument::Type(target)) => Kind::Into(target),
                    _ => Kind::Other,
                }
            }
            _ if is_into_request(&bound.path) => Kind::IntoRequest(&bound.path),
            _ if last.ident == "TryInto" => Kind::TryInto,
            arguments if last.ident == "IntoIterator" => iterated(ty, arguments, sig),
            _ if last.ident == "Iterator" => Kind::Iterator,
            _ => Kind::Other,
        }
    } else {
        Kind::Other
    })
}

/// The kind of an `IntoIterator` with these arguments.
fn iterated<'a>(ty: &Type, arguments: &PathArguments, sig: &Signature) -> Kind<'a> {
    let item = match arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.first(),
        _ => None,
    };
    let is_lent = matches!(
        item,
        Some(GenericArgument::AssocType(item))
            if matches!(item.ty, Type::ImplTrait(_))
                && matches!(kind_of(&item.ty, sig), Some(Kind::ByReference { .. }))
    );
    let iterator = Ident::new("IntoIter", Span::call_site());
    let is_bound = |predicate: &WherePredicate| match predicate {
        WherePredicate::Type(predicate)
            if matches!(bare(ty), Type::Path(ty)
            if ty.path.get_ident().is_some_and(|name| mentions(predicate.bounded_ty.to_token_stream(), name))) =>
        {
            mentions(predicate.bounded_ty.to_token_stream(), &iterator)
                && !predicate.bounds.iter().all(is_neutral)
        }
        _ => false,
    };
    if is_lent {
        Kind::CollectionByReference
    } else if mentions(arguments.to_token_stream(), &iterator) || predicates(sig).any(is_bound) {
        Kind::Collection
    } else {
        Kind::IntoIterator
    }
}

/// Whether this is `tonic::IntoRequest<_>`, as clients that tonic generates have it.
fn is_into_request(path: &Path) -> bool {
    let mut last = path.segments.iter().rev();
    let names = [last.next(), last.next()].map(|name| name.map(|name| name.ident.to_string()));
    matches!(&names, [Some(last), Some(of)] if last == "IntoRequest" && of == "tonic")
}

/// Whether this bound has no effect on how a value reaches an attempt.
fn is_neutral(bound: &TypeParamBound) -> bool {
    match bound {
        TypeParamBound::Lifetime(_) => true,
        TypeParamBound::Trait(bound) => {
            let last = bound.path.segments.last();
            last.is_some_and(|last| NEUTRAL.iter().any(|name| last.ident == name))
        }
        _ => false,
    }
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

/// The traits of this `impl Trait` or type parameter, if all of them can be written in an item
/// within the function. Such an item cannot name the type parameters and lifetimes around it.
pub(super) fn without_parameters(ty: &Type, sig: &Signature) -> Option<Vec<TraitBound>> {
    let is_plain = |ty: &Type| match ty {
        Type::Path(path) if path.path.is_ident("str") => true,
        Type::Path(path) => path.path.get_ident().is_some() && is_known_clone(ty),
        _ => false,
    };
    let mut traits = Vec::new();
    let bounds = of(ty, sig)?;
    if bounds.iter().all(|bound| is_neutral(bound)) {
        return None;
    }
    for bound in bounds {
        match bound {
            TypeParamBound::Lifetime(lifetime) if lifetime.ident != "static" => {}
            TypeParamBound::Trait(bound) if bound.maybe.is_some() => {}
            TypeParamBound::Trait(bound) if bound.lifetimes.is_none() => {
                let arguments = &bound.path.segments.last()?.arguments;
                let is_whole = match arguments {
                    PathArguments::None => true,
                    PathArguments::AngleBracketed(arguments) => {
                        arguments.args.iter().all(|argument| match argument {
                            GenericArgument::Type(ty) => is_plain(ty),
                            GenericArgument::AssocType(ty) => is_plain(&ty.ty),
                            _ => false,
                        })
                    }
                    PathArguments::Parenthesized(_) => false,
                };
                traits.push(is_whole.then(|| bound.clone())?);
            }
            _ => return None,
        }
    }
    Some(traits)
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
