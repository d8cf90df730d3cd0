//! Readers of numbers: whole numbers in a range, ratios, factors.

use super::{
    key::Key,
    value::{Value, instead, literal, mistake},
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
    let wrong = |rule: &str| mistake(key, expr, rule);
    let (least, most) = (range.start(), range.end());
    let too_small = || wrong(&format!("is at least {least}"));
    let in_range = |text: &str| {
        let number: T = text.trim().replace('_', "").parse().ok()?;
        (number >= *least && number <= *most).then(|| number.to_string())
    };
    match literal(expr) {
        Some((false, Lit::Int(int))) if int.suffix().is_empty() || int.suffix() == suffix => {
            match int.base10_parse() {
                Ok(number) if number < *least => Err(too_small()),
                Ok(number) if number <= *most => Ok(Value::Known(number)),
                _ => Err(wrong(&format!("is at most {most}"))),
            }
        }
        Some((true, Lit::Int(_) | Lit::Float(_))) => Err(too_small()),
        Some((false, Lit::Int(int))) => Err(instead(
            key,
            expr,
            "is a whole number",
            in_range(int.base10_digits()),
        )),
        Some((false, Lit::Str(text))) => {
            let meant = in_range(&text.value());
            Err(instead(
                key,
                expr,
                "is a whole number, without quotes",
                meant,
            ))
        }
        Some(_) => Err(wrong("is a whole number")),
        None => Ok(Value::Expr(expr.to_token_stream())),
    }
}

/// A whole number of at least 1.
pub(super) fn positive(key: &Key, expr: &Expr) -> syn::Result<Value<u32>> {
    whole(key, expr, &(1..=u32::MAX), "u32")
}

/// A ratio above 0 and at most 1.
pub(super) fn ratio(key: &Key, expr: &Expr) -> syn::Result<Value<f64>> {
    match float(expr) {
        Float::Number(number) if number > 0.0 && number <= 1.0 => Ok(Value::Known(number)),
        Float::Number(_) | Float::NotFinite | Float::Other => {
            let percent = percent(expr).map(|percent| f64::from(percent) / 100.0);
            let quoted = quoted(expr).filter(|number| *number > 0.0 && *number <= 1.0);
            let meant = quoted.or(percent).map(|number| number.to_string());
            let rule = "is a ratio above 0 and at most 1";
            Err(instead(key, expr, rule, meant))
        }
        Float::Expr => Ok(Value::Expr(expr.to_token_stream())),
    }
}

/// The percentage that a literal means: `20`, `0.2`, `"20%"`.
pub(super) fn percent(expr: &Expr) -> Option<u32> {
    let percent: u32 = match literal(expr)? {
        (false, Lit::Int(int)) => int.base10_digits().parse().ok()?,
        (false, Lit::Float(float)) => {
            let fraction = float.base10_digits().strip_prefix("0.")?;
            // The first two digits, as in `0.2` and `0.25`.
            (fraction.len() <= 2).then(|| format!("{fraction:0<2}").parse().ok())??
        }
        (false, Lit::Str(text)) => text.value().trim().strip_suffix('%')?.trim().parse().ok()?,
        _ => return None,
    };
    (1..=100).contains(&percent).then_some(percent)
}

/// The number in a string.
fn quoted(expr: &Expr) -> Option<f64> {
    match literal(expr)? {
        (false, Lit::Str(text)) => text.value().trim().parse().ok(),
        _ => None,
    }
}

/// A factor of at least 1.
pub(super) fn factor(key: &Key, expr: &Expr) -> syn::Result<Value<f64>> {
    let wrong = |rule: &str| mistake(key, expr, rule);
    match float(expr) {
        Float::Expr => Ok(Value::Expr(expr.to_token_stream())),
        Float::Other => {
            let meant = quoted(expr).filter(|number| number.is_finite() && *number >= 1.0);
            let meant = meant.map(|number| number.to_string());
            Err(instead(key, expr, "is a number", meant))
        }
        Float::Number(number) if number.is_finite() => {
            if number >= 1.0 {
                Ok(Value::Known(number))
            } else {
                Err(wrong("is at least 1, or the waits would shrink"))
            }
        }
        Float::Number(_) | Float::NotFinite => Err(wrong("is a finite number")),
    }
}

enum Float {
    Number(f64),
    /// `f64::NAN`, `f64::INFINITY`.
    NotFinite,
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
        None if is_not_finite(expr) => return Float::NotFinite,
        None => return Float::Expr,
    };
    match number {
        Some((true, number)) => Float::Number(-f64::abs(number)),
        Some((false, number)) => Float::Number(number),
        None => Float::Other,
    }
}

fn is_not_finite(expr: &Expr) -> bool {
    match expr {
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => is_not_finite(expr),
        Expr::Path(path) => path.path.segments.last().is_some_and(|last| {
            ["NAN", "INFINITY", "NEG_INFINITY"]
                .iter()
                .any(|name| last.ident == name)
        }),
        _ => false,
    }
}
