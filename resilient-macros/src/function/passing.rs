//! How each argument reaches an attempt, as far as the tokens of its type and of the body show.

use super::{
    bounds::{self, Kind},
    known::is_known_clone,
    parts,
    returns::{bare, has_impl_trait},
    tokens::mentions,
    uses::{self, Use},
};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{
    GenericArgument, Pat, PatIdent, PathArguments, Signature, TraitBound, Type, TypeReference,
};

/// How a parameter is passed to each attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passing {
    /// Not passed: `_`.
    Unused,
    /// Cloned.
    Owned,
    /// A `mut` variable, cloned.
    OwnedMut,
    /// A response, which the first attempt uses up unless it is `Clone`.
    Response,
    /// An `impl TryInto`, cloned, since the error of the conversion belongs to the body.
    TryConverted,
    /// Cloned if its type is `Clone`, else lent.
    Lent,
    /// Cloned if its type is `Clone`, else lent, and never exclusively.
    LentShared,
    /// Moved by the body: cloned if its type is `Clone`, else lent if a reference has the bounds of
    /// the argument.
    LentByBounds,
    /// An `impl FnMut`: cloned if its type is `Clone`, else lent exclusively.
    LentMut,
    /// An `impl Into<T>`: converted once, and the `T` cloned.
    Converted,
    /// An `impl tonic::IntoRequest<M>`: converted once, and its parts cloned.
    Requested,
    /// An `impl IntoIterator`: its items are kept as attempts take them, and cloned.
    Iterated,
    /// An `impl IntoIterator` with bounds on its iterator: collected once, and the items cloned.
    Collected,
    /// An `impl IntoIterator` of items that a reference may stand for: collected once, and the
    /// items cloned if they are `Clone`, else lent.
    CollectedAndLent,
    /// An `impl Iterator`: its items are kept as attempts take them, and cloned.
    Replayed,
    /// Used directly: named in `by_ref`, or a plain `&T`.
    Borrowed,
    /// A `&T` that is `mut` or a pattern: copied.
    Copied,
    /// A `&mut T`: reborrowed.
    Reborrowed,
    /// An `Option<&mut T>`: reborrowed by `as_deref_mut`.
    OptionMut,
    /// A `Pin<&mut T>`: reborrowed by `as_mut`.
    PinMut,
    /// A value of this trait, which the first attempt uses up.
    UsedUp(&'static str),
}

impl Passing {
    /// Whether the function owns it, so that `by_ref` may name it.
    pub(crate) const fn is_owned(self) -> bool {
        !matches!(
            self,
            Self::Unused | Self::Borrowed | Self::Copied | Self::Reborrowed
        )
    }

    /// Whether an attempt may have a reference to it, although the function owns it.
    pub(crate) fn is_lent(self) -> bool {
        matches!(
            self,
            Self::Lent
                | Self::LentShared
                | Self::LentByBounds
                | Self::LentMut
                | Self::CollectedAndLent
        )
    }

    /// Whether it is an exclusive borrow, which each attempt borrows again.
    pub(crate) const fn is_exclusive(self) -> bool {
        matches!(self, Self::Reborrowed | Self::OptionMut | Self::PinMut)
    }
}

/// How a parameter reaches an attempt.
pub(super) struct Passed {
    pub(super) passing: Passing,
    /// The type that it is converted to.
    pub(super) target: Option<Type>,
    /// It is an `Option` of a value with this passing.
    pub(super) is_option: bool,
    /// The bounds that a reference to it has to have.
    pub(super) bounds: Vec<TraitBound>,
}

/// The passing of this parameter.
pub(super) fn of(pat: &Pat, ty: &Type, sig: &Signature, body: &TokenStream) -> Passed {
    let (name, mutable) = match pat {
        Pat::Ident(PatIdent {
            by_ref: None,
            subpat: None,
            ident,
            mutability,
            ..
        }) => (Some(ident), mutability.is_some()),
        _ => (None, false),
    };
    let passing = match (bare(ty), pat) {
        (_, Pat::Wild(_)) => Passing::Unused,
        (Type::Reference(ty), _) if ty.mutability.is_some() => Passing::Reborrowed,
        (Type::Reference(_), _) if name.is_some() && !mutable => Passing::Borrowed,
        (Type::Reference(_), _) => Passing::Copied,
        (ty, _) if is_exclusive_within(ty, "Option") => Passing::OptionMut,
        (ty, _) if is_exclusive_within(ty, "Pin") => Passing::PinMut,
        (ty, _) => match name {
            Some(name) => {
                let within = argument_of(ty, "Option").filter(|ty| {
                    bounds::kind_of(ty, sig).is_some_and(|kind| is_within_option(&kind))
                });
                let (passing, target) = of_owned(name, mutable, within.unwrap_or(ty), sig, body);
                let bounds = bounds::without_parameters(ty, sig)
                    .filter(|_| passing == Passing::LentByBounds);
                return Passed {
                    // The value is taken out of its `Option` first.
                    passing: match passing {
                        Passing::LentShared if within.is_some() => Passing::Lent,
                        passing => passing,
                    },
                    target,
                    is_option: within.is_some(),
                    bounds: bounds.unwrap_or_default(),
                };
            }
            None if !is_known_clone(ty) && parts::may_be_lent(pat, body) => Passing::Lent,
            None => Passing::Owned,
        },
    };
    Passed {
        passing,
        target: None,
        is_option: false,
        bounds: Vec::new(),
    }
}

/// Whether an `Option` of this kind is passed as an `Option` of what is passed for the kind.
const fn is_within_option(kind: &Kind<'_>) -> bool {
    matches!(
        kind,
        Kind::ByReference { .. }
            | Kind::Into(_)
            | Kind::IntoIterator
            | Kind::Iterator
            | Kind::UsedUp(_)
    )
}

fn of_owned(
    name: &Ident,
    mutable: bool,
    ty: &Type,
    sig: &Signature,
    body: &TokenStream,
) -> (Passing, Option<Type>) {
    let used = || uses::of(name, body.clone());
    let lent_or_owned = |is_lent: bool| match (is_lent, mutable) {
        (true, false) => Passing::Lent,
        (false, false) => Passing::Owned,
        (_, true) => Passing::OwnedMut,
    };
    let passing = match bounds::kind_of(ty, sig) {
        None if is_known_clone(ty) => Passing::Owned,
        None if !mutable && is_response(ty) && uses::use_up_response(name, body.clone()) => {
            Passing::Response
        }
        Some(Kind::Other)
            if !mutable
                && used() == Use::Moved
                && !is_named_elsewhere(ty, sig, body)
                && bounds::without_parameters(ty, sig).is_some() =>
        {
            Passing::LentByBounds
        }
        None | Some(Kind::Other) => lent_or_owned(used() < Use::Moved),
        Some(Kind::UsedUp(name)) if mutable || name.ends_with("FnOnce") => Passing::UsedUp(name),
        Some(Kind::UsedUp(name)) if used() == Use::Moved => Passing::UsedUp(name),
        // A trait of the user's own with such a name.
        Some(Kind::UsedUp(_)) => Passing::Lent,
        Some(Kind::ByReference { is_exclusive }) => {
            let used = used();
            let is_lent = used < Use::Moved || !is_named_elsewhere(ty, sig, body);
            match lent_or_owned(is_lent) {
                Passing::Lent if used > Use::Called && !is_exclusive => Passing::LentShared,
                passing => passing,
            }
        }
        Some(Kind::FnMut) if used() < Use::Moved || !is_named_elsewhere(ty, sig, body) => {
            Passing::LentMut
        }
        Some(Kind::Into(target))
            if !is_named_elsewhere(ty, sig, body) && !has_impl_trait(target) =>
        {
            return (Passing::Converted, Some(target.clone()));
        }
        Some(Kind::IntoIterator) if !is_named_elsewhere(ty, sig, body) => Passing::Iterated,
        Some(Kind::Collection) if !is_named_elsewhere(ty, sig, body) => Passing::Collected,
        Some(Kind::CollectionByReference) if !is_named_elsewhere(ty, sig, body) => {
            Passing::CollectedAndLent
        }
        Some(Kind::Iterator) if !is_named_elsewhere(ty, sig, body) => Passing::Replayed,
        Some(Kind::IntoRequest(path)) if !is_named_elsewhere(ty, sig, body) => {
            let path = syn::TypePath {
                attrs: Vec::new(),
                qself: None,
                path: path.clone(),
            };
            return (Passing::Requested, Some(Type::Path(path)));
        }
        Some(Kind::TryInto) => Passing::TryConverted,
        Some(Kind::Borrow) if !mutable && used() < Use::Moved => Passing::LentShared,
        Some(Kind::FnMut | Kind::Borrow) => lent_or_owned(false),
        Some(
            Kind::Clone
            | Kind::Into(_)
            | Kind::IntoRequest(_)
            | Kind::IntoIterator
            | Kind::Collection
            | Kind::CollectionByReference
            | Kind::Iterator,
        ) => Passing::Owned,
    };
    (passing, None)
}

/// Whether this is named like the response of an HTTP client.
fn is_response(ty: &Type) -> bool {
    let Type::Path(ty) = ty else { return false };
    let last = ty.path.segments.last();
    last.is_some_and(|last| last.ident == "Response")
}

/// Whether a type parameter is more than the type of one argument, so that the argument keeps its
/// type. An `impl Trait` is not.
fn is_named_elsewhere(ty: &Type, sig: &Signature, body: &TokenStream) -> bool {
    let Type::Path(ty) = ty else { return false };
    let Some(name) = ty.path.get_ident() else {
        return false;
    };
    let count = |tokens: TokenStream| bounds::count(tokens, name);
    let declared = count(sig.generics.params.to_token_stream());
    let arguments = count(sig.inputs.to_token_stream());
    declared > 1
        || arguments > 1
        || mentions(sig.output.to_token_stream(), name)
        || mentions(body.clone(), name)
        || bounds::is_bound_elsewhere(name, sig)
}

/// Whether this is `name<&mut T>`.
fn is_exclusive_within(ty: &Type, name: &str) -> bool {
    let inner = argument_of(ty, name).map(bare);
    matches!(inner, Some(Type::Reference(inner)) if inner.mutability.is_some())
}

/// The `&mut T` that this is, also within an `Option` or a `Pin`.
pub(super) fn exclusive_of(ty: &Type) -> Option<&TypeReference> {
    let ty = bare(ty);
    let within = argument_of(ty, "Option").or_else(|| argument_of(ty, "Pin"));
    match within.map_or(ty, bare) {
        Type::Reference(ty) if ty.mutability.is_some() => Some(ty),
        _ => None,
    }
}

/// `T` in `name<T>`.
pub(super) fn argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(ty) = ty else { return None };
    let last = ty.path.segments.last().filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(inner) if arguments.args.len() == 1 => Some(inner),
        _ => None,
    }
}

/// Whether it is `Pin<&mut Self>`.
pub(super) fn is_pinned(ty: &Type) -> bool {
    is_exclusive_within(bare(ty), "Pin")
}
