//! The table, and the limits that ours keeps.

use crate::{SCENARIOS, rows};

pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) size: usize,
    pub(crate) cells: [Option<Cell>; SCENARIOS.len()],
}

pub(crate) struct Cell {
    /// None where callgrind is missing.
    pub(crate) instructions: Option<u64>,
    pub(crate) allocations: u64,
}

/// The rows that keep the limits start so.
const OURS: &str = "resilient";
/// The row that is never to be better at the first poll.
pub(crate) const BY_HAND: &str = "loop by hand, tokio timeout";
/// The rows that limit instructions and allocations, by scenario.
const LIMITS: [Option<(&str, &str)>; SCENARIOS.len()] = [
    Some((rows::AT_ONCE, rows::ALLOCATIONS)),
    Some((rows::ONE_PENDING, rows::ALLOCATIONS)),
    None,
    None,
];

const NAME: usize = 28;

pub(crate) fn print(rows: &[Row]) {
    println!("Per call: instructions and allocations. Of its future: bytes.\n");
    print!("{:NAME$}", "");
    for (scenario, _) in SCENARIOS {
        print!(" {scenario:>16}");
    }
    println!(" {:>7}", "future");
    for row in rows {
        print!("{:NAME$}", row.name);
        for cell in &row.cells {
            match cell {
                Some(Cell {
                    instructions: Some(instructions),
                    allocations,
                }) => {
                    print!(" {instructions:>10} {allocations:>5}");
                }
                Some(Cell {
                    instructions: None,
                    allocations,
                }) => print!(" {:>10} {allocations:>5}", "?"),
                None => print!(" {:>10} {:>5}", "-", "-"),
            }
        }
        println!(" {:>7}", row.size);
    }
}

/// The limits that are not kept.
pub(crate) fn broken(rows: &[Row]) -> Vec<String> {
    let bare = rows[0].size;
    let by_hand = rows.iter().find(|row| row.name == BY_HAND);
    let by_hand = by_hand.and_then(|row| row.cells[0].as_ref()?.instructions);
    let mut broken = Vec::new();
    let mut require = |name: &str, what: &str, is: u64, limit: Option<u64>| {
        if let Some(limit) = limit.filter(|limit| is > *limit) {
            broken.push(format!("{name}, {what}: {is}, limit {limit}"));
        }
    };
    for row in rows.iter().filter(|row| row.name.starts_with(OURS)) {
        if let Some(instructions) = row.cells[0].as_ref().and_then(|cell| cell.instructions) {
            require(
                row.name,
                "instructions at first poll, against by hand",
                instructions,
                by_hand,
            );
        }
        for ((scenario, _), (cell, limits)) in SCENARIOS.iter().zip(row.cells.iter().zip(LIMITS)) {
            let (Some(cell), Some((instructions_row, allocations_row))) = (cell, limits) else {
                continue;
            };
            if let Some(instructions) = cell.instructions {
                require(
                    row.name,
                    &format!("instructions at {scenario}"),
                    instructions,
                    rows::limit(instructions_row),
                );
            }
            require(
                row.name,
                &format!("allocations at {scenario}"),
                cell.allocations,
                rows::limit(allocations_row),
            );
        }
        let larger = row.size.saturating_sub(bare);
        require(
            row.name,
            "bytes beyond the bare future",
            larger as u64,
            rows::limit(rows::FUTURE),
        );
    }
    broken
}
