//! Numbers: whole ones in a range, ratios, factors.

use super::{
    keys::Key,
    value::{Value, literal, mistake},
};
use quote::ToTokens;
use std::{fmt::Display, ops::RangeInclusive, str::FromStr};
use syn::{Expr, ExprUnary, Lit, UnOp};

/// A whole number in a range, written without a suffix or with that of its type.
pub(super) fn whole<T>(
    key: &Key,
    expr: &Expr,
    range: &RangeInclusive<T>,
    suffix: &str,
) -> syn::Result<Value<T>>
where
    T: FromStr<Err: Display> + PartialOrd + Display,
{
    let wrong = |what: &str| mistake(key, expr, what);
    let (least, most) = (range.start(), range.end());
    let too_small = || wrong(&format!("is at least {least}"));
    match literal(expr) {
        Some((false, Lit::Int(int))) if int.suffix().is_empty() || int.suffix() == suffix => {
            match int.base10_parse() {
                Ok(number) if number < *least => Err(too_small()),
                Ok(number) if number <= *most => Ok(Value::Known(number)),
                _ => Err(wrong(&format!("is at most {most}"))),
            }
        }
        Some((true, Lit::Int(_) | Lit::Float(_))) => Err(too_small()),
        Some(_) => Err(wrong("is a whole number")),
        None => Ok(Value::Expr(expr.to_token_stream())),
    }
}

/// A whole number of at least 1.
pub(super) fn positive(key: &Key, expr: &Expr) -> syn::Result<Value<u32>> {
    whole(key, expr, &(1..=u32::MAX), "u32")
}

/// A part of something, above 0 and at most 1.
pub(super) fn ratio(key: &Key, expr: &Expr) -> syn::Result<Value<f64>> {
    let wrong = || mistake(key, expr, "is a part of the calls, above 0 and at most 1");
    match float(expr) {
        Float::Number(number) if number > 0.0 && number <= 1.0 => Ok(Value::Known(number)),
        Float::Number(_) | Float::Never | Float::Other => Err(wrong()),
        Float::Expr => Ok(Value::Expr(expr.to_token_stream())),
    }
}

/// A factor of growth.
pub(super) fn factor(key: &Key, expr: &Expr) -> syn::Result<Value<f64>> {
    let wrong = |what: &str| mistake(key, expr, what);
    match float(expr) {
        Float::Expr => Ok(Value::Expr(expr.to_token_stream())),
        Float::Other => Err(wrong("is a number")),
        Float::Number(number) if number.is_finite() => {
            if number >= 1.0 {
                Ok(Value::Known(number))
            } else {
                Err(wrong("is at least 1, or the waits would shrink"))
            }
        }
        Float::Number(_) | Float::Never => Err(wrong("is a finite number")),
    }
}

enum Float {
    Number(f64),
    /// `f64::NAN` and its kind.
    Never,
    /// Another literal.
    Other,
    Expr,
}

fn float(expr: &Expr) -> Float {
    let number = match literal(expr) {
        Some((negative, Lit::Int(int))) if matches!(int.suffix(), "" | "f64") => {
            int.base10_digits().parse().ok().map(|it| (negative, it))
        }
        Some((negative, Lit::Float(float))) if matches!(float.suffix(), "" | "f64") => {
            float.base10_parse().ok().map(|it| (negative, it))
        }
        Some(_) => None,
        None if is_never_a_number(expr) => return Float::Never,
        None => return Float::Expr,
    };
    match number {
        Some((true, number)) => Float::Number(-f64::abs(number)),
        Some((false, number)) => Float::Number(number),
        None => Float::Other,
    }
}

fn is_never_a_number(expr: &Expr) -> bool {
    match expr {
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => is_never_a_number(expr),
        Expr::Path(path) => path.path.segments.last().is_some_and(|last| {
            ["NAN", "INFINITY", "NEG_INFINITY"]
                .iter()
                .any(|name| last.ident == name)
        }),
        _ => false,
    }
}
