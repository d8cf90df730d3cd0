//! Looking up a key: the one with this name, or what to write instead.

use super::keys::Key;
use crate::{
    classes::CLASSES,
    suggest::{listed, nearest},
};
use proc_macro2::Ident;
use syn::ext::IdentExt;

/// Where keys are looked up: tables one after another, and the words they stand in.
pub(crate) type Tables = [&'static [Key]];

/// The key with this name, or what to write instead.
pub(crate) fn find(word: &Ident, tables: &Tables) -> syn::Result<&'static Key> {
    let name = word.unraw().to_string();
    known(&name, tables).ok_or_else(|| {
        let names = || tables.iter().copied().flatten().map(|key| key.name);
        let named_so_by_others = tables
            .iter()
            .copied()
            .flatten()
            .find(|key| key.others.contains(&name.as_str()));
        let is_class =
            known("on", tables).is_some() && CLASSES.iter().any(|(class, _)| *class == name);
        let of_a_class = is_class.then(|| format!("; did you mean `on({name}, retry = true)`?"));
        let hint = named_so_by_others
            .map(|key| key.name)
            .or_else(|| nearest(&name, names()))
            .and_then(|meant| known(meant, tables))
            .map(|key| format!("; did you mean `{}`?", key.example))
            .or(of_a_class)
            .unwrap_or_default();
        let message = format!(
            "unknown argument `{name}`{hint}\nknown here: {}",
            listed(names())
        );
        syn::Error::new(word.span(), message)
    })
}

/// The key with this name.
pub(crate) fn known(name: &str, tables: &Tables) -> Option<&'static Key> {
    tables
        .iter()
        .copied()
        .flatten()
        .find(|key| key.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::keys::{
        ARGUMENTS, BACKOFF, BREAKER, CONCURRENCY, DERIVE, FALLBACK, HEDGE, RATE, RULE,
    };
    use proc_macro2::Span;

    fn message(word: &str) -> String {
        find(&Ident::new(word, Span::call_site()), &[ARGUMENTS])
            .expect_err(word)
            .to_string()
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_known_one_and_the_list() {
        assert!(message("atempts").contains("did you mean `attempts = 5`?"));
        assert!(message("retries").contains("did you mean `attempts = 5`?"));
        assert!(
            message("banana").starts_with("unknown argument `banana`\nknown here: `attempts`, ")
        );
    }

    #[test]
    fn no_name_stands_twice_and_no_nickname_is_a_name() {
        for tables in [
            &[ARGUMENTS] as &Tables,
            &[RULE, BACKOFF],
            &[BREAKER],
            &[RATE],
            &[CONCURRENCY],
            &[HEDGE],
            FALLBACK,
            DERIVE,
        ] {
            let keys: Vec<_> = tables.iter().copied().flatten().collect();
            for key in &keys {
                assert_eq!(
                    keys.iter().filter(|other| other.name == key.name).count(),
                    1
                );
                assert!(
                    key.others
                        .iter()
                        .all(|other| known(other, tables).is_none()),
                    "{key:?}"
                );
                assert!(key.example.starts_with(key.name));
            }
        }
    }
}
