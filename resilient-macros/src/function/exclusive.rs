//! Exclusive borrows: `&mut self` and `&mut` arguments.

use super::{
    lifetimes::{self, Origin},
    params::{Param, Passing},
    passing,
    receiver::Receiver,
};
use crate::text::errors::Errors;
use proc_macro2::Ident;
use quote::ToTokens;
use syn::{ReceiverKind, Signature, Type};

/// Reports a result that borrows from `&mut self` or from a `&mut` argument.
pub(super) fn not_returned(
    sig: &Signature,
    result: &Type,
    receiver: Receiver,
    params: &[Param],
    errors: &mut Errors,
) {
    let is_of = |name: &Ident| {
        lifetimes::contains(result, Origin::Named(name))
            && lifetimes::is_only_of_one_argument(sig, name)
    };
    let is_elided = lifetimes::contains(result, Origin::Elided);
    let is_by_ref = matches!(
        receiver,
        Receiver::Shared | Receiver::Mut | Receiver::Pinned
    );
    // Elided lifetimes are those of a reference to `self`, or else of the only one in the
    // arguments.
    let is_only = || lifetimes::of_arguments(sig).is_some_and(|all| all.len() == 1);
    let borrows_self = is_elided || of_self(sig).is_some_and(is_of);
    let (borrowed, part) = if receiver == Receiver::Mut && borrows_self {
        ("&mut self".to_owned(), "method")
    } else if receiver == Receiver::Pinned && borrows_self {
        ("self: Pin<&mut Self>".to_owned(), "method")
    } else {
        let found = params.iter().find(|param| match of_exclusive(param) {
            Some(Origin::Named(name)) if is_of(name) => true,
            Some(_) => is_elided && !is_by_ref && is_only(),
            None => false,
        });
        match found {
            Some(param) => (written(param), "function"),
            None => return,
        }
    };
    errors.at(
        result,
        format!(
            "a borrow of `{borrowed}` cannot be returned, since the next attempt needs it again: return an \
                owned value, or retry the fetch in a {part} of its own and borrow afterwards"
        ),
    );
}

/// The lifetime of `&'a mut self`, if it is named.
fn of_self(sig: &Signature) -> Option<&Ident> {
    let lifetime = match &sig.receiver()?.kind {
        ReceiverKind::Reference(_, lifetime, _) => lifetime.as_ref(),
        ReceiverKind::Typed(_, ty) => passing::exclusive_of(ty)?.lifetime.as_ref(),
        _ => None,
    };
    lifetime.map(|lifetime| &lifetime.ident)
}

/// The lifetime of a `&mut T`, also within an `Option` or a `Pin`. `None` for other types, and if
/// `T` contains borrows, which may be copied out of it.
fn of_exclusive(param: &Param) -> Option<Origin<'_>> {
    let ty = passing::exclusive_of(&param.ty)?;
    lifetimes::has_none(ty.elem.to_token_stream()).then(|| {
        let named = ty.lifetime.as_ref();
        named.map_or(Origin::Elided, |named| Origin::Named(&named.ident))
    })
}

/// `name: &mut _`
fn written(param: &Param) -> String {
    let ty = match param.passing {
        Passing::OptionMut => "Option<&mut _>",
        Passing::PinMut => "Pin<&mut _>",
        _ => "&mut _",
    };
    match &param.name {
        Some(name) => format!("{name}: {ty}"),
        None => ty.to_owned(),
    }
}

/// Reports a hedge of a function with exclusive borrows, which parallel runs cannot share.
pub(crate) fn not_hedged(
    hedge: Option<&Ident>,
    takes_mut_self: bool,
    params: &[Param],
    errors: &mut Errors,
) {
    let Some(hedge) = hedge else { return };
    let exclusive = params.iter().find(|param| param.has(Passing::is_exclusive));
    let borrowed = match (takes_mut_self, exclusive) {
        (true, _) => "&mut self".to_owned(),
        (false, Some(param)) => written(param),
        (false, None) => return,
    };
    let message = format!(
        "a hedge runs the body more than once at the same time, and only one run can borrow \
            `{borrowed}`: take it by shared reference or by value, or remove `hedge`"
    );
    errors.at(hedge, message);
}
