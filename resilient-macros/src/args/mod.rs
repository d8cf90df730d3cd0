//! Reads the tokens of the attribute into [`Args`], one [`Cell`] for each argument, and reports all
//! mistakes in them. The meaning of combinations is in [`policy`].

mod backoff;
mod breaker;
mod budget;
mod cell;
mod concurrency;
mod fallback;
mod fields;
mod hedge;
mod key;
mod keys;
mod list;
mod names;
mod number;
pub(crate) mod policy;
mod rate;
mod resume;
mod rule;
mod split;
mod streams;
mod value;

pub(crate) use backoff::{Backoff, Jitter, Kind, Steps};
pub(crate) use breaker::Breaker;
pub(crate) use budget::Budget;
pub(crate) use cell::{Cell, Given};
pub(crate) use concurrency::{Concurrency, Size};
pub(crate) use fallback::Fallback;
pub(crate) use hedge::{After, Hedge};
pub(crate) use key::{Key, Row, Table, row};
pub(crate) use list::{Argument, read_into, unwrapped};
pub(crate) use names::{Level, path};
pub(crate) use rate::Rate;
pub(crate) use resume::Resume;
pub(crate) use rule::Rule;
pub(crate) use value::{Limit, Value};

use crate::text::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use std::time::Duration;
use syn::{LitStr, Path};

/// The arguments of the attribute.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) attempts: Cell<Value<u32>>,
    pub(crate) timeout: Cell<Limit>,
    pub(crate) deadline: Cell<Limit>,
    pub(crate) first: Cell<Limit>,
    pub(crate) idle: Cell<Limit>,
    pub(crate) backoff: Cell<Backoff>,
    pub(crate) on: Vec<Given<Rule>>,
    pub(crate) max_retry_after: Cell<Value<Duration>>,
    pub(crate) idempotent: Cell<bool>,
    pub(crate) repeat_nested: Cell<bool>,
    pub(crate) budget: Cell<Budget>,
    pub(crate) policy: Cell<TokenStream>,
    pub(crate) upstream: Cell<TokenStream>,
    pub(crate) failover: Cell<TokenStream>,
    pub(crate) key: Cell<TokenStream>,
    pub(crate) cost: Cell<Value<u64>>,
    pub(crate) breaker: Cell<Breaker>,
    pub(crate) requests: Cell<Rate>,
    pub(crate) tokens: Cell<Rate>,
    pub(crate) concurrency: Cell<Concurrency>,
    pub(crate) hedge: Cell<Hedge>,
    pub(crate) fallback: Cell<Fallback>,
    pub(crate) classify: Cell<TokenStream>,
    pub(crate) classify_ok: Cell<TokenStream>,
    pub(crate) until: Cell<TokenStream>,
    pub(crate) stream: Cell<bool>,
    pub(crate) content: Cell<TokenStream>,
    pub(crate) last: Cell<TokenStream>,
    pub(crate) usage: Cell<TokenStream>,
    pub(crate) resume: Cell<Resume>,
    pub(crate) split: Cell<Option<Ident>>,
    pub(crate) body: Cell<bool>,
    pub(crate) context: Cell<Ident>,
    pub(crate) by_ref: Cell<Vec<Ident>>,
    pub(crate) name: Cell<LitStr>,
    pub(crate) level: Cell<Level>,
    pub(crate) fields: Cell<TokenStream>,
    pub(crate) krate: Cell<Path>,
}

/// Reads the attribute and checks its arguments against each other.
pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Args {
    let mut args = Args::default();
    read_into(&mut args, tokens, &keys::ARGUMENTS, errors);
    policy::check(&args, errors);
    args
}

#[cfg(test)]
pub(crate) mod tables {
    //! The tables of keys, for tests.
    pub(crate) use super::{
        backoff::BACKOFF, breaker::BREAKER, concurrency::CONCURRENCY, fallback::FALLBACK,
        hedge::HEDGE, keys::ARGUMENTS, rate::RATE, resume::RESUME, rule::RULE,
    };
}
