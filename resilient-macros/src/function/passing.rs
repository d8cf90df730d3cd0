//! How each argument reaches an attempt, as far as the tokens of its type and of the body show.

use super::{
    bounds::{self, Kind},
    params::mentions,
    parts,
    returns::{bare, has_impl_trait},
    uses::{self, Use},
};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{GenericArgument, Pat, PatIdent, PathArguments, Signature, Type, TypeReference};

/// How a parameter is passed to each attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passing {
    /// Not passed: `_`.
    Unused,
    /// Cloned.
    Owned,
    /// A `mut` variable, cloned.
    OwnedMut,
    /// An `impl TryInto`, cloned, since the error of the conversion belongs to the body.
    TryConverted,
    /// Cloned if its type is `Clone`, else lent.
    Lent,
    /// An `impl FnMut`: cloned if its type is `Clone`, else lent exclusively.
    LentMut,
    /// An `impl Into<T>`: converted once, and the `T` cloned.
    Converted,
    /// An `impl IntoIterator`: collected once, and the items cloned.
    Collected,
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

    /// Whether it is an exclusive borrow, which each attempt borrows again.
    pub(crate) const fn is_exclusive(self) -> bool {
        matches!(self, Self::Reborrowed | Self::OptionMut | Self::PinMut)
    }
}

/// The passing of this parameter, with the type that it is converted to.
pub(super) fn of(
    pat: &Pat,
    ty: &Type,
    sig: &Signature,
    body: &TokenStream,
) -> (Passing, Option<Type>) {
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
            Some(name) => return of_owned(name, mutable, ty, sig, body),
            None if !is_known_clone(ty) && parts::may_be_lent(pat, body) => Passing::Lent,
            None => Passing::Owned,
        },
    };
    (passing, None)
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
        None | Some(Kind::Other) => lent_or_owned(used() == Use::Borrowed),
        Some(Kind::UsedUp(name)) => Passing::UsedUp(name),
        Some(Kind::ByReference) => {
            let is_lent = used() == Use::Borrowed || !is_named_elsewhere(ty, sig, body);
            lent_or_owned(is_lent)
        }
        Some(Kind::FnMut) => Passing::LentMut,
        Some(Kind::Into(target))
            if !is_named_elsewhere(ty, sig, body) && !has_impl_trait(target) =>
        {
            return (Passing::Converted, Some(target.clone()));
        }
        Some(Kind::IntoIterator) if !is_named_elsewhere(ty, sig, body) => Passing::Collected,
        Some(Kind::Iterator) if !is_named_elsewhere(ty, sig, body) => Passing::Replayed,
        Some(Kind::TryInto) => Passing::TryConverted,
        Some(Kind::Clone | Kind::Into(_) | Kind::IntoIterator | Kind::Iterator) => Passing::Owned,
    };
    (passing, None)
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
fn argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
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

/// Whether this is a type of the standard library that is `Clone`, so that the compiler need not
/// look. A wrong guess gives a message of the compiler.
pub(super) fn is_known_clone(ty: &Type) -> bool {
    const CLONE: &[&str] = &[
        "bool",
        "char",
        "f32",
        "f64",
        "u8",
        "u16",
        "u32",
        "u64",
        "u128",
        "usize",
        "i8",
        "i16",
        "i32",
        "i64",
        "i128",
        "isize",
        "String",
        "PathBuf",
        "Duration",
        "Instant",
        "SystemTime",
    ];
    const POINTERS: &[&str] = &["Arc", "Rc"];
    const CONTAINERS: &[&str] = &["Vec", "Option"];
    match bare(ty) {
        Type::Reference(ty) => ty.mutability.is_none(),
        Type::Tuple(ty) => ty.elems.iter().all(is_known_clone),
        Type::Array(ty) => is_known_clone(&ty.elem),
        bare => {
            let Type::Path(path) = bare else { return false };
            let Some(last) = path.path.segments.last() else {
                return false;
            };
            let is_one_of = |names: &[&str]| names.iter().any(|name| last.ident == name);
            match &last.arguments {
                PathArguments::None => is_one_of(CLONE),
                _ => {
                    is_one_of(POINTERS)
                        || CONTAINERS
                            .iter()
                            .any(|name| argument_of(bare, name).is_some_and(is_known_clone))
                }
            }
        }
    }
}
