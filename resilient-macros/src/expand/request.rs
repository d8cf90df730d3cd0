//! An `impl tonic::IntoRequest<M>`, as the clients that tonic generates take it. A `tonic::Request`
//! is not `Clone`; its parts are.

use super::{Names, argument::clone_of, kept::Kept};
use crate::function::params::{Param, Passing};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{GenericArgument, Path, PathArguments, Type};

/// Input: `request: impl tonic::IntoRequest<M>`
///
/// Once: `let request = <_ as tonic::IntoRequest<M>>::into_request(request).into_parts();`
///
/// Inside: `let request = { let (metadata, extensions, message) = ..; seen(request) };`
pub(super) fn of(param: &Param, names: &Names<'_>) -> Option<Kept> {
    let (site, outer, local) = (names.site, param.outer(), &param.local);
    let bound = param.target.as_ref()?;
    let (message, mut path) = taken_apart(bound)?;
    path.segments.last_mut()?.arguments = PathArguments::None;
    Some(Kept {
        once: quote_spanned!(site=> <_ as #bound>::into_request(#outer).into_parts()),
        before: clone_of(outer, &message, names),
        inside: of_parts(param, &quote_spanned!(site=> #local.into_inner()), names)?,
        // The methods of a parameter are known by its bound, those of this value by the trait only.
        import: Some(quote_spanned!(site=> #[allow(unused_imports)] use #path as _;)),
    })
}

/// A request of these parts, of which one sees no more than of the parameter. `None` if the
/// parameter is passed in another way.
pub(super) fn of_parts(
    param: &Param,
    parts: &TokenStream,
    names: &Names<'_>,
) -> Option<TokenStream> {
    if param.passing != Passing::Requested {
        return None;
    }
    let bound = param.target.as_ref()?;
    let (message, of_any) = taken_apart(bound)?;
    Some(quote_spanned! {names.site=> {
        fn seen<M, R: #of_any>(request: R) -> impl #of_any {
            request
        }
        let (metadata, extensions, message) = #parts;
        let mut request = <#message as #bound>::into_request(message);
        *request.metadata_mut() = metadata;
        *request.extensions_mut() = extensions;
        seen::<#message, _>(request)
    }})
}

/// Input: `tonic::IntoRequest<M>`
///
/// Output: `M`, and `tonic::IntoRequest<M>` for any `M`
fn taken_apart(bound: &Type) -> Option<(Type, Path)> {
    let Type::Path(bound) = bound else {
        return None;
    };
    let mut path = bound.path.clone();
    let last = path.segments.last_mut()?;
    let PathArguments::AngleBracketed(arguments) = &mut last.arguments else {
        return None;
    };
    let Some(GenericArgument::Type(message)) = arguments.args.first_mut() else {
        return None;
    };
    let any = Type::Verbatim(quote!(M));
    Some((std::mem::replace(message, any), path))
}
