//! How to count: instructions by callgrind, under which this program runs itself; allocations by
//! the allocator.

use std::{
    env,
    ffi::OsStr,
    fs,
    hint::black_box,
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The argument by which the program knows that it runs under callgrind.
pub(crate) const UNDER_CALLGRIND: &str = "--under-callgrind";

/// So many calls are measured at once; a cost is their mean.
const CALLS: u32 = 100;
/// Before that: lazy things are made, tables grow.
const WARM_UP: u32 = 10;

/// Makes that many calls one after another.
pub(crate) type Calls = Box<dyn Fn(u32)>;

/// Callgrind counts while this runs, and dumps what it has counted when this returns.
#[inline(never)]
fn measured(calls: &Calls) {
    calls(CALLS);
    // Without something to do after it, the call above would be a jump.
    black_box(CALLS);
}

/// Under callgrind: makes the calls.
pub(crate) fn run<'a>(cells: impl Iterator<Item = &'a Calls>) {
    for calls in cells {
        calls(WARM_UP);
        measured(calls);
    }
}

/// The allocations of one call, reallocations included.
pub(crate) fn allocations(calls: &Calls) -> u64 {
    calls(WARM_UP);
    let counted = allocation_counter::measure(|| calls(CALLS));
    per_call(counted.count_total)
}

/// The instructions of one call of each of `cells`, in the order of [`run`].
pub(crate) fn instructions(cells: usize) -> Result<Vec<u64>, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("callgrind")
        .join(profile(&program))
        .join(env!("CARGO_CRATE_NAME"));
    let describe = |error: io::Error| format!("{}: {error}", directory.display());
    if directory.exists() {
        fs::remove_dir_all(&directory).map_err(describe)?;
    }
    fs::create_dir_all(&directory).map_err(describe)?;
    let out = directory.join("out");

    let output = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--toggle-collect=*measured",
            "--dump-after=*measured",
            // Or names would stand in one dump and be used in another.
            "--compress-strings=no",
            "--compress-pos=no",
        ])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(program)
        .arg(UNDER_CALLGRIND)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("valgrind cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "valgrind failed: {}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    (1..=cells)
        .map(|dump| total(&out.with_extension(dump.to_string())))
        .collect()
}

/// The cargo profile by which `program` was built: the bench profile has the folder of the release
/// profile.
pub(crate) fn profile(program: &Path) -> &str {
    let folder = program.ancestors().nth(2).and_then(Path::file_name);
    match folder.and_then(OsStr::to_str) {
        Some("release") | None => "bench",
        Some(profile) => profile,
    }
}

/// The total of one dump, per call, without the instructions that count allocations.
fn total(dump: &PathBuf) -> Result<u64, String> {
    let text = fs::read_to_string(dump).map_err(|error| format!("{}: {error}", dump.display()))?;
    text.lines()
        .find_map(|line| line.strip_prefix("totals: ")?.trim().parse::<u64>().ok())
        .map(|total| per_call(total.saturating_sub(counting(&text))))
        .ok_or_else(|| format!("{}: no total", dump.display()))
}

/// The instructions of the counting allocator in a dump, apart from those of the allocator below
/// it.
///
/// See <https://valgrind.org/docs/manual/cl-format.html>: a line `fn=` begins a function, its costs
/// are in lines that begin with a number, and the line after `calls=` is the cost of the callee.
fn counting(dump: &str) -> u64 {
    let mut is_counting = false;
    let mut is_callee = false;
    let mut sum = 0;
    for line in dump.lines() {
        if let Some(name) = line.strip_prefix("fn=") {
            is_counting = name.contains("allocation_counter::");
        } else if line.starts_with("calls=") {
            is_callee = true;
        } else if line.starts_with(|first: char| first.is_ascii_digit()) {
            let cost = line
                .split(' ')
                .nth(1)
                .and_then(|cost| cost.parse::<u64>().ok());
            if is_counting && !std::mem::take(&mut is_callee) {
                sum += cost.unwrap_or(0);
            }
            is_callee = false;
        }
    }
    sum
}

fn per_call(all: u64) -> u64 {
    (all + u64::from(CALLS) / 2) / u64::from(CALLS)
}
