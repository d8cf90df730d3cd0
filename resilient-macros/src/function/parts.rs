//! Patterns in the place of an argument.

use super::{
    known::is_known_clone,
    returns::bare,
    uses::{self, Use},
};
use proc_macro2::{Ident, TokenStream};
use syn::{Pat, Type};

/// The patterns and types of the parts of a tuple. `None` for other patterns, since a type may be
/// `Clone` where its parts are not, and where the whole is known to be `Clone`.
pub(super) fn of<'a>(
    pat: &'a Pat,
    ty: &'a Type,
) -> Option<impl Iterator<Item = (&'a Pat, &'a Type)>> {
    let (Pat::Tuple(pat), Type::Tuple(ty)) = (bare_pattern(pat), bare(ty)) else {
        return None;
    };
    let has_rest = pat.elems.iter().any(|part| matches!(part, Pat::Rest(_)));
    let is_whole =
        !has_rest && pat.elems.len() == ty.elems.len() && !ty.elems.iter().all(is_known_clone);
    is_whole.then(|| pat.elems.iter().zip(&ty.elems))
}

/// Whether the pattern also fits a reference, in which its names are references, and the body only
/// borrows these.
pub(super) fn may_be_lent(pat: &Pat, body: &TokenStream) -> bool {
    let mut names = Vec::new();
    names_of(pat, &mut names).is_some()
        && !names.is_empty()
        && names
            .iter()
            .all(|name| uses::of(name, body.clone()) < Use::Moved)
}

/// Adds the names of the pattern. `None` if it contains anything that does not fit a reference.
fn names_of<'a>(pat: &'a Pat, names: &mut Vec<&'a Ident>) -> Option<()> {
    match bare_pattern(pat) {
        Pat::Ident(name)
            if name.by_ref.is_none() && name.mutability.is_none() && name.subpat.is_none() =>
        {
            names.push(&name.ident);
        }
        Pat::Wild(_) | Pat::Rest(_) | Pat::Path(_) => {}
        Pat::Tuple(pat) => return all(&pat.elems, names),
        Pat::TupleStruct(pat) => return all(&pat.elems, names),
        Pat::Slice(pat) => return all(&pat.elems, names),
        Pat::Struct(pat) => {
            for field in &pat.fields {
                names_of(&field.pat, names)?;
            }
        }
        _ => return None,
    }
    Some(())
}

fn all<'a>(pats: impl IntoIterator<Item = &'a Pat>, names: &mut Vec<&'a Ident>) -> Option<()> {
    pats.into_iter().try_for_each(|pat| names_of(pat, names))
}

fn bare_pattern(pat: &Pat) -> &Pat {
    match pat {
        Pat::Paren(pat) => bare_pattern(&pat.pat),
        other => other,
    }
}
