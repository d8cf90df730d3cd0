//! The batch of a function with `split`: the argument with its items, and the type of a result.

use super::{
    Shape, Target,
    returns::{bare, has_impl_trait, last_type},
};
use crate::{
    args::Args,
    text::{errors::Errors, suggest::nearest},
};
use proc_macro2::Ident;
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type, TypePath};

/// The batch of a function.
pub(crate) struct Batch {
    /// The place of the argument with the items, without `self`.
    pub(crate) items: usize,
    /// The types of one result and of the error, where both are written out.
    pub(crate) written: Option<(Type, Type)>,
}

/// The batch, if `split` is given and the function has one.
pub(crate) fn of(args: &Args, target: &Target, errors: &mut Errors) -> Option<Batch> {
    let given = args.split.given()?;
    if !matches!(target.shape, Shape::Async | Shape::Blocking) {
        errors.at(
            target.sig.fn_token,
            "`split` needs an `async fn`: write `async fn f(items: Vec<T>) -> Result<Vec<R>, E>`",
        );
        return None;
    }
    let mut no_effect = |key: Option<&Ident>, name: &str| {
        if let Some(key) = key {
            let message = format!(
                "`{name}` does not go with `split`, whose batches are tried one after another: remove one of the two"
            );
            errors.push(syn::Error::new(key.span(), message));
        }
    };
    no_effect(args.hedge.given().map(|it| &it.key), "hedge");
    no_effect(args.until.given().map(|it| &it.key), "until");
    let streams = args.stream.given().filter(|it| it.value);
    no_effect(streams.map(|it| &it.key), "stream");
    if target.stream.is_some() {
        if args.stream.is_empty() {
            errors.at(
                &target.result,
                "`split` does not go with a stream: let the function return `Result<Vec<R>, E>`",
            );
        }
        return None;
    }
    let written = written(&target.result, errors)?;
    let items = items(given.value.as_ref(), &given.key, target, errors)?;
    Some(Batch { items, written })
}

/// The place of the argument that `split` names; without a name, that of the first `Vec`.
fn items(name: Option<&Ident>, key: &Ident, target: &Target, errors: &mut Errors) -> Option<usize> {
    let params = &target.params;
    let Some(name) = name else {
        let first = params.iter().position(|param| is_vec(&param.ty));
        if first.is_none() {
            let message = "`split` needs an argument with the items, a `Vec<T>` by value: write `async fn f(items: Vec<T>)`";
            errors.push(syn::Error::new(key.span(), message));
        }
        return first;
    };
    let found = params
        .iter()
        .position(|param| param.name.as_ref() == Some(name));
    let Some(index) = found else {
        let names: Vec<String> = params
            .iter()
            .filter(|param| is_vec(&param.ty))
            .filter_map(|param| Some(param.name.as_ref()?.to_string()))
            .collect();
        let hint = nearest(&name.to_string(), names.iter().map(String::as_str))
            .or_else(|| names.first().map(String::as_str))
            .map_or_else(String::new, |near| {
                format!("; did you mean `split = {near}`?")
            });
        errors.at(name, format!("there is no argument `{name}`{hint}"));
        return None;
    };
    let ty = params.get(index).map(|param| &param.ty);
    if let Some(ty) = ty.filter(|ty| !is_vec(ty)) {
        errors.at(
            ty,
            format!("`split = {name}` needs a `Vec<T>` by value, which can be halved"),
        );
        return None;
    }
    Some(index)
}

fn is_vec(ty: &Type) -> bool {
    vec_item(ty).is_some()
}

/// `T` in `Vec<T>`.
pub(crate) fn vec_item(ty: &Type) -> Option<&Type> {
    match bare(ty) {
        Type::Path(TypePath {
            qself: None, path, ..
        }) => {
            let last = path.segments.last()?;
            (last.ident == "Vec").then(|| last_type(path))?
        }
        _ => None,
    }
}

/// The types in `Result<Vec<R>, E>`, if both are written; an alias is looked through by the
/// compiler.
#[expect(clippy::option_option, reason = "without a batch, and with an alias")]
fn written(result: &Type, errors: &mut Errors) -> Option<Option<(Type, Type)>> {
    if has_impl_trait(result) {
        errors.at(
            result,
            "`split` needs a type that is written out: write `Result<Vec<R>, E>` without `impl`",
        );
        return None;
    }
    let Type::Path(TypePath { path, .. }) = bare(result) else {
        return Some(None);
    };
    let Some(last) = path.segments.last().filter(|last| last.ident == "Result") else {
        return Some(None);
    };
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return Some(None);
    };
    let types: Vec<&Type> = arguments
        .args
        .iter()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
        .collect();
    let Some(first) = types.first() else {
        return Some(None);
    };
    let Some(item) = vec_item(first) else {
        errors.at(
            first.to_token_stream(),
            "`split` needs one result for each item, in their order: return `Result<Vec<R>, E>`",
        );
        return None;
    };
    Some(match types[..] {
        [_, error] => Some((item.clone(), error.clone())),
        _ => None,
    })
}
