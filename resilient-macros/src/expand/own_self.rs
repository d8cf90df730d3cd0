//! A `self` by value: cloned for each attempt, or lent.

use super::{Names, argument};
use crate::function::{Target, moves, receiver::Receiver};
use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;

/// The statements about a `self` by value.
#[derive(Default)]
pub(super) struct OwnSelf {
    /// Before an attempt: the value for it, or for the next one.
    pub(super) before: Option<TokenStream>,
    /// After a failed attempt.
    pub(super) next: Option<TokenStream>,
    /// The value that is left after the last attempt, if it is not `self`.
    pub(super) left: Option<TokenStream>,
}

/// Input: `self`
///
/// Output: `let own = Argument::clone_of(&self);`, and after a failed attempt `self =
/// own.into_inner();`
///
/// Input: `self` that may be lent
///
/// Output: `let own = (&Given::of(&self)).resilient_way().pass(&mut self);`
pub(super) fn of(
    target: &Target,
    borrows_self: bool,
    is_hedged: bool,
    names: &Names<'_>,
) -> OwnSelf {
    let Names {
        site,
        rt,
        owned_self,
        ..
    } = names;
    let (Receiver::Owned, Some(receiver)) = (target.receiver, target.sig.receiver()) else {
        return OwnSelf::default();
    };
    let word = Ident::new("self", receiver.self_token.span);
    if borrows_self {
        let moved = moves::of(&word, target.body.stream());
        return OwnSelf {
            before: moved.map(|at| argument::not_moved(&word, at, names)),
            ..OwnSelf::default()
        };
    }
    let ty = argument::type_of_self(receiver);
    let fields = &target.copied_fields[..];
    let value = match (target.lends_self, is_hedged, receiver.mutability) {
        // At one place: otherwise the compiler suggests `&self`.
        (false, _, mutability) => {
            let at_self = site.located_at(word.span());
            let rt = argument::located_at(rt, word.span());
            let clone = mutability.map_or("clone_of", |_| "clone_of_mut");
            let clone = Ident::new(clone, at_self);
            quote_spanned!(at_self=> #rt::__private::Argument::#clone(&#word))
        }
        (true, false, _) => argument::pass(&word, ty, argument::Way::Any, false, fields, names),
        (true, true, _) => argument::pass(&word, ty, argument::Way::Shared, false, fields, names),
    };
    let is_replaced = !is_hedged && !target.lends_self;
    let left = is_replaced.then(|| quote_spanned!(*site=> #owned_self.into_inner()));
    OwnSelf {
        before: Some(quote_spanned!(*site=> let #owned_self = #value;)),
        next: is_replaced.then(|| quote_spanned!(*site=> #word = #left;)),
        left,
    }
}
