//! A type parameter as the error type. The compiler would suggest bounds by traits of the runtime
//! that users do not name.

use super::returns::bare;
use crate::text::errors::Errors;
use quote::ToTokens;
use syn::{
    GenericArgument, GenericParam, Ident, PathArguments, Signature, Type, TypeParamBound,
    WherePredicate,
};

/// Reports an error type that is a type parameter of the function, if its bounds cannot imply those
/// that the attribute needs.
pub(crate) fn is_bounded(sig: &Signature, result: &Type, classifies: bool, errors: &mut Errors) {
    let Some(name) = error_type(result) else {
        return;
    };
    let mut bounds = Vec::new();
    let mut is_declared = false;
    for param in &sig.generics.params {
        if let GenericParam::Type(param) = param
            && param.ident == *name
        {
            is_declared = true;
            bounds.extend(&param.bounds);
        }
    }
    let predicates = sig.generics.where_clause.iter();
    for predicate in predicates.flat_map(|clause| &clause.predicates) {
        if let WherePredicate::Type(predicate) = predicate
            && is_name(&predicate.bounded_ty, name)
        {
            bounds.extend(&predicate.bounds);
        }
    }
    if !is_declared || !bounds.into_iter().all(is_of_std) {
        return;
    }
    let (needs, bounds) = if classifies {
        ("has to", "FromRejection")
    } else {
        ("has to be classified, and to", "Classify + FromRejection")
    };
    errors.at(
        name,
        format!(
            "the error type `{name}` {needs} hold the failures that resilient raises itself: write \
                `{name}: {bounds}`, or return `Result<_, ApiError>`"
        ),
    );
}

/// `E` in `Result<T, E>`, but not `T` in `io::Result<T>`.
fn error_type(result: &Type) -> Option<&Ident> {
    let Type::Path(result) = bare(result) else {
        return None;
    };
    let last = result.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let is_whole = last.ident == "Result" && arguments.args.len() == 2;
    let GenericArgument::Type(error) = arguments.args.last()? else {
        return None;
    };
    let Type::Path(error) = bare(error) else {
        return None;
    };
    error.path.get_ident().filter(|_| is_whole)
}

fn is_name(ty: &Type, name: &Ident) -> bool {
    matches!(bare(ty), Type::Path(ty) if ty.path.is_ident(name))
}

/// Whether this is a lifetime or a trait of the standard library, which implies neither bound.
fn is_of_std(bound: &TypeParamBound) -> bool {
    const STD: &[&str] = &[
        "Error", "Debug", "Display", "Send", "Sync", "Clone", "Unpin",
    ];
    match bound {
        TypeParamBound::Lifetime(_) => true,
        TypeParamBound::Trait(bound) => bound.path.segments.last().is_some_and(|last| {
            let name = last.ident.to_token_stream().to_string();
            last.arguments.is_none() && STD.contains(&name.as_str())
        }),
        _ => false,
    }
}
