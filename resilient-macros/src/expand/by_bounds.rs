//! An argument that the body moves on: lent if a reference has the bounds of the argument.

use super::{
    Names,
    argument::{ends, located_at},
};
use crate::function::params::Param;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};

/// Input: `cache: impl Cache`
///
/// Output:
/// ```text
/// {
///     enum Bounds {}
///     impl<T: Cache> HasBounds<T> for Bounds {}
///     (&Given::of(&cache).bounded_by::<Bounds>()).resilient_bounded_way().pass_shared(&cache)
/// }
/// ```
///
/// An `impl` for all types with the bounds, so that the runtime can ask for those of a reference.
pub(super) fn pass_by_bounds(param: &Param, names: &Names<'_>) -> TokenStream {
    let (start, _) = ends(param.ty.to_token_stream());
    let site = names.site.located_at(start);
    let rt = located_at(names.rt, start);
    let mut argument = param.outer().clone();
    argument.set_span(argument.span().located_at(start));
    let bounds = &param.bounds;
    quote_spanned! {site=> {
        enum __ResilientBounds {}
        impl<__ResilientArgument: #(#bounds)+*> #rt::__private::HasBounds<__ResilientArgument>
            for __ResilientBounds
        {
        }
        (&#rt::__private::Given::of(&#argument).bounded_by::<__ResilientBounds>())
            .resilient_bounded_way()
            .pass_shared(&#argument)
    }}
}
