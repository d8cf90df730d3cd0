//! The return type: the result of a call, and the future around it.

use proc_macro2::Span;
use syn::{
    GenericArgument, Path, PathArguments, ReturnType, Token, Type, TypeInfer, TypeParamBound,
    punctuated::Punctuated,
};

/// The future returned by a function that is not `async`.
pub(crate) struct Returned {
    /// `Pin<Box<dyn Future>>` or an alias of it; otherwise `impl Future`.
    pub(crate) boxed: bool,
    /// The output of the future.
    pub(crate) output: Type,
}

/// The return type, unless it is `()` or `!`.
pub(crate) fn written(output: &ReturnType) -> Option<&Type> {
    match output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => (!is_nothing(ty)).then_some(ty),
    }
}

/// Whether this is `()` or `!`, which hold no error.
pub(crate) fn is_nothing(ty: &Type) -> bool {
    match bare(ty) {
        Type::Never(_) => true,
        Type::Tuple(tuple) => tuple.elems.is_empty(),
        _ => false,
    }
}

/// Removes parentheses, and the invisible groups that `macro_rules!` puts around types.
pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        other => other,
    }
}

/// The future in `Pin<Box<dyn Future<Output = R>>>`, `BoxFuture<'_, R>` or `impl Future<Output =
/// R>`.
pub(crate) fn future(ty: &Type) -> Option<Returned> {
    match bare(ty) {
        Type::ImplTrait(ty) => Some(Returned {
            boxed: false,
            output: output(&ty.bounds)?,
        }),
        Type::Path(ty) => {
            let last = ty.path.segments.last()?;
            if last.ident == "BoxFuture" || last.ident == "LocalBoxFuture" {
                return Some(Returned {
                    boxed: true,
                    output: last_type(&ty.path)?.clone(),
                });
            }
            let boxed = within(ty, "Pin")?;
            let Type::Path(boxed) = bare(boxed) else {
                return None;
            };
            let Type::TraitObject(object) = bare(within(boxed, "Box")?) else {
                return None;
            };
            Some(Returned {
                boxed: true,
                output: output(&object.bounds)?,
            })
        }
        _ => None,
    }
}

/// `T` in `name<T>`.
fn within<'a>(ty: &'a syn::TypePath, name: &str) -> Option<&'a Type> {
    let last = ty.path.segments.last()?;
    (last.ident == name).then(|| last_type(&ty.path))?
}

pub(super) fn last_type(path: &Path) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else {
        return None;
    };
    arguments
        .args
        .iter()
        .rev()
        .find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
}

/// `R` in `Future<Output = R> + ..`.
fn output(bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<Type> {
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let last = bound
            .path
            .segments
            .last()
            .filter(|last| last.ident == "Future")?;
        let PathArguments::AngleBracketed(arguments) = &last.arguments else {
            return None;
        };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(output) if output.ident == "Output" => {
                Some(output.ty.clone())
            }
            _ => None,
        })
    })
}

/// Whether the type contains an `impl Trait`, so that it cannot be named inside the function.
pub(crate) fn has_impl_trait(ty: &Type) -> bool {
    infer(&mut ty.clone())
}

/// The type with `_` in the place of each `impl Trait`.
pub(crate) fn inferable(ty: &Type) -> Type {
    let mut ty = ty.clone();
    infer(&mut ty);
    ty
}

/// Replaces each `impl Trait` by `_`. Returns whether there was one.
fn infer(ty: &mut Type) -> bool {
    match ty {
        Type::ImplTrait(_) => {
            let underscore_token = Token![_](Span::mixed_site());
            *ty = Type::Infer(TypeInfer {
                attrs: Vec::new(),
                underscore_token,
            });
            true
        }
        Type::Array(ty) => infer(&mut ty.elem),
        Type::Group(ty) => infer(&mut ty.elem),
        Type::Paren(ty) => infer(&mut ty.elem),
        Type::Ptr(ty) => infer(&mut ty.elem),
        Type::Reference(ty) => infer(&mut ty.elem),
        Type::Slice(ty) => infer(&mut ty.elem),
        Type::Tuple(ty) => any(&mut ty.elems, infer),
        Type::Path(ty) => infer_in(&mut ty.path),
        Type::TraitObject(ty) => any(&mut ty.bounds, |bound| match bound {
            TypeParamBound::Trait(bound) => infer_in(&mut bound.path),
            _ => false,
        }),
        _ => false,
    }
}

fn infer_in(path: &mut Path) -> bool {
    any(&mut path.segments, |segment| match &mut segment.arguments {
        PathArguments::AngleBracketed(arguments) => {
            any(&mut arguments.args, |argument| match argument {
                GenericArgument::Type(ty) => infer(ty),
                GenericArgument::AssocType(assoc) => infer(&mut assoc.ty),
                _ => false,
            })
        }
        _ => false,
    })
}

/// Whether `of` holds for any of them. Unlike `Iterator::any`, calls it for all.
fn any<T>(all: impl IntoIterator<Item = T>, of: impl FnMut(T) -> bool) -> bool {
    all.into_iter()
        .map(of)
        .fold(false, |found, one| found | one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::ToTokens;

    fn parsed(text: &str) -> Type {
        syn::parse_str(text).expect(text)
    }

    #[test]
    fn impl_trait_is_inferred_in_every_position() {
        for (written, inferred) in [
            ("impl Display", "_"),
            ("Result<impl Display, E>", "Result<_, E>"),
            (
                "Result<Option<(u8, impl Stream<Item = u8> + 'static)>, E>",
                "Result<Option<(u8, _)>, E>",
            ),
            (
                "Result<Box<dyn Iterator<Item = impl Debug>>, E>",
                "Result<Box<dyn Iterator<Item = _>>, E>",
            ),
            (
                "Result<&'a [u8; 4], Self::Error>",
                "Result<&'a [u8; 4], Self::Error>",
            ),
        ] {
            let expected = parsed(inferred).to_token_stream().to_string();
            assert_eq!(
                inferable(&parsed(written)).to_token_stream().to_string(),
                expected
            );
            assert_eq!(has_impl_trait(&parsed(written)), written != inferred);
        }
    }

    #[test]
    fn futures_are_recognized_in_every_form() {
        for (written, boxed) in [
            ("impl Future<Output = R>", false),
            ("impl ::core::future::Future<Output = R> + Send + 'a", false),
            ("Pin<Box<dyn Future<Output = R>>>", true),
            (
                "::core::pin::Pin<::std::boxed::Box<dyn ::core::future::Future<Output = R> + \
                    Send + 'a>>",
                true,
            ),
            ("(Pin<Box<(dyn Send + Future<Output = R>)>>)", true),
            ("BoxFuture<'_, R>", true),
            ("futures::future::LocalBoxFuture<'static, R>", true),
        ] {
            let future = future(&parsed(written)).expect(written);
            assert_eq!(future.boxed, boxed, "{written}");
            assert_eq!(
                future.output.to_token_stream().to_string(),
                "R",
                "{written}"
            );
        }
        for written in [
            "R",
            "Result<T, E>",
            "Pin<Box<T>>",
            "Box<dyn Future<Output = R>>",
            "impl Fn() -> R",
            "()",
        ] {
            assert!(future(&parsed(written)).is_none(), "{written}");
        }
    }
}
