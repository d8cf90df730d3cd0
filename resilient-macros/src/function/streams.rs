//! Functions that give a stream of results.

use super::returns::{bare, last_type};
use crate::{
    args::{Args, Cell},
    text::errors::Errors,
};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type, TypeParamBound};

/// The stream that a function gives.
pub(crate) struct Streamed {
    /// Whether it is `impl Stream`, and not a type that is written out.
    pub(crate) is_impl: bool,
    /// The value of an item, and the error, where they are written out.
    pub(crate) value: Option<Type>,
    pub(crate) error: Option<Type>,
    /// The error of an item, if it is written otherwise than that of the function.
    pub(crate) item_error: Option<Type>,
}

/// The stream in the result of the function, unless `stream = false` says that its items are passed
/// on as they come. `stream = true` is for one that an alias hides.
pub(crate) fn of(result: &Type, said: Option<bool>) -> Option<Streamed> {
    if said == Some(false) {
        return None;
    }
    let [stream, error] = arguments(result);
    let item = stream.and_then(item);
    let result_of = item.filter(|item| is_result(item)).map(arguments);
    let value = result_of.map(|[value, _]| value);
    let item_error = result_of.and_then(|[_, error]| error);
    let is_known = value.is_some() || stream.is_some_and(is_resilient);
    (is_known || said == Some(true)).then(|| Streamed {
        is_impl: matches!(stream.map(bare), Some(Type::ImplTrait(_))),
        value: value.flatten().cloned(),
        error: error.cloned(),
        item_error: item_error
            .zip(error)
            .filter(|(item, error)| {
                item.to_token_stream().to_string() != error.to_token_stream().to_string()
            })
            .map(|(item, _)| item.clone()),
    })
}

/// Replaces `Resilient<S>` by `S`, which the body gives.
pub(crate) fn unwrap(result: &mut Type) {
    let Some(stream) = first_argument(result) else {
        return;
    };
    if !is_resilient(stream) {
        return;
    }
    if let Some(inner) = first_argument(stream) {
        *stream = inner.clone();
    }
}

fn first_argument(ty: &mut Type) -> Option<&mut Type> {
    let Type::Path(ty) = ty else { return None };
    let last = ty.path.segments.last_mut()?;
    let PathArguments::AngleBracketed(arguments) = &mut last.arguments else {
        return None;
    };
    arguments
        .args
        .iter_mut()
        .find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
}

/// Reports arguments that do not go with a stream, or without one.
pub(crate) fn check(
    args: &Args,
    is_blocking: bool,
    stream: Option<&Streamed>,
    errors: &mut Errors,
) {
    let Some(stream) = stream else {
        let message = "this function gives no stream of results, so this has no effect: remove it; \
            if an alias hides the stream, add `stream = true`";
        if args.stream.value() != Some(&false) {
            not(&args.content, message, errors);
            not(&args.last, message, errors);
            not(&args.usage, message, errors);
            not(&args.resume, message, errors);
            if !is_blocking {
                not(&args.first, message, errors);
                not(&args.idle, message, errors);
            }
        }
        return;
    };
    not(
        &args.classify_ok,
        "this function gives a stream: `content` and `last` say what its items are",
        errors,
    );
    not(
        &args.body,
        "this function gives a stream, whose attempt includes its first content: remove it",
        errors,
    );
    not(
        &args.until,
        "this function gives a stream, and `until` is for one that gives the state of a job: \
            remove it",
        errors,
    );
    if stream.is_impl {
        not(
            &args.fallback,
            "a fallback gives the same type as the function, and another function cannot name an \
                `impl Stream`: return `Pin<Box<dyn Stream<Item = Result<_, E>> + Send>>`",
            errors,
        );
    }
}

fn not<T>(cell: &Cell<T>, message: &str, errors: &mut Errors) {
    if let Some(given) = cell.given() {
        errors.at(given.key.to_token_stream(), message);
    }
}

/// The first two type arguments of a path.
fn arguments(ty: &Type) -> [Option<&Type>; 2] {
    let Type::Path(ty) = bare(ty) else {
        return [None; 2];
    };
    let last = ty.path.segments.last();
    let Some(PathArguments::AngleBracketed(arguments)) = last.map(|last| &last.arguments) else {
        return [None; 2];
    };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    [types.next(), types.next()]
}

fn is_named(ty: &Type, names: &[&str]) -> bool {
    let Type::Path(ty) = bare(ty) else {
        return false;
    };
    let last = ty.path.segments.last();
    last.is_some_and(|last| names.iter().any(|name| last.ident == name))
}

fn is_result(ty: &Type) -> bool {
    is_named(ty, &["Result"])
}

fn is_resilient(ty: &Type) -> bool {
    is_named(ty, &["Resilient"])
}

/// The item of `impl Stream<Item = I>`, `Pin<Box<dyn Stream<Item = I>>>` or `BoxStream<'_, I>`.
fn item(ty: &Type) -> Option<&Type> {
    match bare(ty) {
        Type::ImplTrait(ty) => ty.bounds.iter().find_map(item_of),
        Type::TraitObject(ty) => ty.bounds.iter().find_map(item_of),
        Type::Path(path) if is_named(ty, &["BoxStream", "LocalBoxStream"]) => last_type(&path.path),
        Type::Path(path) if is_named(ty, &["Pin", "Box"]) => item(last_type(&path.path)?),
        _ => None,
    }
}

/// `I` in the bound `Stream<Item = I>`.
fn item_of(bound: &TypeParamBound) -> Option<&Type> {
    let TypeParamBound::Trait(bound) = bound else {
        return None;
    };
    let last = bound.path.segments.last();
    let last = last.filter(|last| last.ident == "Stream")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(item) if item.ident == "Item" => Some(&item.ty),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(written: &str, said: Option<bool>) -> Option<(bool, String, String)> {
        let ty = syn::parse_str(written).expect(written);
        let Streamed {
            is_impl,
            value,
            error,
            ..
        } = of(&ty, said)?;
        let text = |ty: Option<Type>| ty.to_token_stream().to_string();
        Some((is_impl, text(value), text(error)))
    }

    #[test]
    fn streams_of_results_are_recognized_in_every_form() {
        for (written, is_impl, value, error) in [
            (
                "Result<impl Stream<Item = Result<T, E>>, E>",
                true,
                "T",
                "E",
            ),
            (
                "Result<impl Send + ::futures::Stream<Item = Result<u8>> + use<'_>>",
                true,
                "u8",
                "",
            ),
            (
                "Result<Pin<Box<dyn Stream<Item = Result<T, E>> + Send + 'a>>, E>",
                false,
                "T",
                "E",
            ),
            (
                "Result<BoxStream<'static, io::Result<T>>, E>",
                false,
                "T",
                "E",
            ),
            ("Result<Resilient<S>, E>", false, "", "E"),
        ] {
            let expected = Some((is_impl, value.to_owned(), error.to_owned()));
            assert_eq!(found(written, None), expected, "{written}");
            assert_eq!(found(written, Some(false)), None, "{written}");
        }
    }

    #[test]
    fn an_error_of_items_is_compared_if_it_is_written_otherwise() {
        for (written, expected) in [
            ("Result<BoxStream<'_, Result<T, E>>, E>", ""),
            ("Result<BoxStream<'_, Result<T, F>>, E>", "F"),
            ("Result<BoxStream<'_, io::Result<T>>, E>", ""),
            ("io::Result<BoxStream<'_, Result<T, E>>>", ""),
        ] {
            let ty = syn::parse_str(written).expect(written);
            let stream = of(&ty, None).expect(written);
            let found = stream.item_error.to_token_stream().to_string();
            assert_eq!(found, expected, "{written}");
        }
    }

    #[test]
    fn other_results_are_streams_only_if_the_attribute_says_so() {
        for written in [
            "Result<impl Stream<Item = T>, E>",
            "Result<Vec<Result<T, E>>, E>",
            "Result<Answers, E>",
            "Answers",
        ] {
            assert_eq!(found(written, None), None, "{written}");
            assert!(found(written, Some(true)).is_some(), "{written}");
        }
    }
}
