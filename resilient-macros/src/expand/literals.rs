//! Numbers and durations: known values become literals, expressions stay as written.

use super::Names;
use crate::args::Value;
use proc_macro2::{Literal, TokenStream};
use quote::quote_spanned;
use std::time::Duration;

pub(super) fn count(count: &Value<u32>) -> TokenStream {
    match count {
        Value::Known(count) => number(Literal::u32_unsuffixed(*count)),
        Value::Expr(expr) => expr.clone(),
    }
}

pub(super) fn amount(amount: &Value<u64>) -> TokenStream {
    match amount {
        Value::Known(amount) => number(Literal::u64_unsuffixed(*amount)),
        Value::Expr(expr) => expr.clone(),
    }
}

pub(super) fn float(value: &Value<f64>) -> TokenStream {
    match value {
        Value::Known(value) => number(Literal::f64_unsuffixed(*value)),
        Value::Expr(expr) => expr.clone(),
    }
}

pub(super) fn bound(limit: &Value<Option<Duration>>, names: &Names<'_>) -> TokenStream {
    match limit {
        Value::Known(limit) => literal(limit.unwrap_or_default(), names),
        Value::Expr(expr) => expr.clone(),
    }
}

pub(super) fn duration(duration: &Value<Duration>, names: &Names<'_>) -> TokenStream {
    match duration {
        Value::Known(duration) => literal(*duration, names),
        Value::Expr(expr) => expr.clone(),
    }
}

pub(super) fn literal(duration: Duration, names: &Names<'_>) -> TokenStream {
    let secs = Literal::u64_unsuffixed(duration.as_secs());
    let nanos = Literal::u32_unsuffixed(duration.subsec_nanos());
    quote_spanned!(names.site=> ::core::time::Duration::new(#secs, #nanos))
}

/// The literal with the hygiene of the expansion, so that style lints ignore it.
fn number(mut literal: Literal) -> TokenStream {
    literal.set_span(proc_macro2::Span::mixed_site());
    proc_macro2::TokenTree::Literal(literal).into()
}
