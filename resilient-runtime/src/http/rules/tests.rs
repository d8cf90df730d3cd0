//! Each rule is documented, and needed.

use super::*;
use std::cell::Cell;

thread_local! {
    /// The rule that is left out.
    static REMOVED: Cell<Option<usize>> = const { Cell::new(None) };
}

pub(super) fn is_removed(rule: &Rule) -> bool {
    let removed = REMOVED.get().and_then(|at| RULES.get(at));
    removed.is_some_and(|removed| removed.name == rule.name)
}

#[test]
fn documentation_lists_every_rule_with_its_source() {
    let documentation = include_str!("../mod.rs");
    for Rule {
        name,
        class,
        source,
        ..
    } in RULES
    {
        let row = format!("    /// | {name} | `{class}` | <{source}> |");
        assert!(documentation.contains(&row), "no row like\n{row}");
    }
    let rows = documentation.matches("    /// | ").count();
    assert_eq!(rows, RULES.len() + 1, "with the heading");
}
