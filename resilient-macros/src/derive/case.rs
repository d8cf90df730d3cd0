//! The classification of each variant, and the fields that add details. All rules on the
//! combination of words are here.

use super::{
    target::{Target, Variant, name_of},
    words::{Kind, both},
};
use crate::{
    args::Given,
    text::{
        errors::Errors,
        names::CLASSES,
        suggest::{listed, nearest},
    },
};
use proc_macro2::{Ident, Span};
use syn::{Member, spanned::Spanned};

/// The classification of one variant.
pub(super) struct Case {
    pub(super) base: Base,
    pub(super) details: Vec<Detail>,
}

/// The source of the class.
pub(super) enum Base {
    /// The variant of the runtime's `Class`.
    Class(&'static str),
    /// The class of the status in a field.
    Status(Use),
    /// The classification of the field with this index.
    Delegate(usize),
    /// The classification of the rejection in the only field.
    Rejection {
        /// Whether to implement `FromRejection`: not if another derive implements
        /// `From<Rejection>`, which implies it.
        writes_it: bool,
    },
}

/// A field that adds a detail.
pub(super) struct Detail {
    /// The name of the detail and of the runtime's method.
    pub(super) name: &'static str,
    pub(super) used: Use,
}

/// The index of a field, and the place of its name, at which the compiler reports a wrong type.
#[derive(Clone, Copy)]
pub(super) struct Use {
    pub(super) field: usize,
    pub(super) word: Span,
}

/// The classifications of all variants, without those that have mistakes.
pub(super) fn all(target: &Target, errors: &mut Errors) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut has_rejection = false;
    for variant in &target.variants {
        let Some(case) = case(variant, errors) else {
            continue;
        };
        if let (Base::Rejection { .. }, Some(given)) = (&case.base, variant.words.kind.given()) {
            if has_rejection {
                errors.at(
                    &given.key,
                    "another variant is made from a `Rejection` already, and there can be only one: write a class",
                );
            }
            has_rejection = true;
        }
        cases.push(case);
    }
    cases
}

fn case(variant: &Variant, errors: &mut Errors) -> Option<Case> {
    let details = details(variant, errors);
    let words = &variant.words;
    let base = match words.kind.given() {
        None => return without_kind(variant, details, errors),
        Some(Given { key, value, .. }) => match value {
            Kind::Class(class) => Base::Class(class),
            Kind::Delegate(field) => {
                if let Some(status) = words.details.get("status").and_then(|cell| cell.given()) {
                    errors.push(both(key, &status.key));
                }
                let field = match field {
                    Some(member) => errors.keep(find(variant, "delegate", member)),
                    None => errors.keep(only_field(variant, key)),
                };
                Base::Delegate(field?)
            }
            Kind::Rejection => {
                for (name, given) in words.details() {
                    errors.at(
                        &given.key,
                        format!("the rejection has all details itself: remove `{name}`"),
                    );
                }
                let [field] = &variant.fields[..] else {
                    errors.at(key, "`rejection` goes on a variant that holds nothing else: write `Rejected(Rejection)`");
                    return None;
                };
                Base::Rejection {
                    writes_it: !field.is_from,
                }
            }
        },
    };
    Some(Case { base, details })
}

/// The classification of a variant that names no class: that of its status.
fn without_kind(variant: &Variant, mut details: Vec<Detail>, errors: &mut Errors) -> Option<Case> {
    let Variant {
        name,
        words,
        fields,
        ..
    } = variant;
    if let Some(status) = details.iter().position(|detail| detail.name == "status") {
        let base = Base::Status(details.remove(status).used);
        return Some(Case { base, details });
    }
    // A status whose field is missing has been reported.
    if words.is_broken || words.details.contains_key("status") {
        return None;
    }
    let classes = listed(CLASSES.iter().map(|(class, _)| *class));
    if let Some((detail, given)) = words.details().next() {
        let message = format!(
            "`{detail}` alone does not name a class: add a class, as in `#[classify(rate_limited, \
                {detail} = {})]`\nknown classes: {classes}",
            name_of(&given.value)
        );
        errors.at(&given.key, message);
        return None;
    }
    let by_field = if fields.is_empty() {
        ""
    } else {
        "\n`#[classify(status = field)]` uses the class of an HTTP status\
            \n`#[classify(delegate)]` uses the classification of the error in its field\
            \n`#[classify(rejection)]` is for the failures that the library raises itself"
    };
    errors.at(
        name,
        format!(
            "`{name}` has no class: write one of these above it\
                \n`#[classify(rate_limited)]` or another class{by_field}\
                \n`#[classify(unknown)]` if nothing fits\
                \nknown classes: {classes}"
        ),
    );
    None
}

fn details(variant: &Variant, errors: &mut Errors) -> Vec<Detail> {
    let found = variant.words.details().filter_map(|(name, given)| {
        let field = errors.keep(find(variant, name, &given.value))?;
        let word = given.value.span();
        Some(Detail {
            name,
            used: Use { field, word },
        })
    });
    found.collect()
}

/// The index of the field that `key` names.
fn find(variant: &Variant, key: &str, member: &Member) -> syn::Result<usize> {
    let names = variant.names_of_fields();
    let written = name_of(member);
    names
        .iter()
        .position(|name| *name == written)
        .ok_or_else(|| {
            let Variant { name, .. } = variant;
            let known = || names.iter().map(String::as_str);
            let hint = match nearest(&written, known()) {
                // An index is not misspelt.
                Some(near) if matches!(member, Member::Named(_)) => {
                    format!("; did you mean `{key} = {near}`?")
                }
                None if key == "status" && matches!(member, Member::Unnamed(_)) => {
                    "; for a status that is always the same write its class, such as `overloaded`"
                        .to_owned()
                }
                _ => String::new(),
            };
            let list = if names.is_empty() {
                "it has no fields".to_owned()
            } else {
                format!("its fields: {}", listed(known()))
            };
            syn::Error::new(
                member.span(),
                format!("`{name}` has no field `{written}`{hint}\n{list}"),
            )
        })
}

/// The index of the only field.
fn only_field(variant: &Variant, word: &Ident) -> syn::Result<usize> {
    let Variant { name, fields, .. } = variant;
    let message = match fields.len() {
        0 => format!(
            "`{name}` has no field to delegate to: write a class, such as `#[classify(rate_limited)]`"
        ),
        1 => return Ok(0),
        _ => {
            let names = variant.names_of_fields();
            format!(
                "`{name}` has more than one field: name one, as in `delegate = {}`\nits fields: {}",
                names.first().map_or("", String::as_str),
                listed(names.iter().map(String::as_str))
            )
        }
    };
    Err(syn::Error::new(word.span(), message))
}
