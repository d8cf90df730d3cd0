//! What users read who make a mistake: one folder for each question, one file for each kind of mistake, one
//! function for each mistake. `NAME.stderr` is what the compiler says about `NAME.rs`.
//!
//! `TRYBUILD=overwrite cargo test -p resilient-ui` writes all `.stderr` anew, with the compiler named below. Review
//! the diff as the one who reads the messages: is the caret at the right word, does the text say what to write?
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use trybuild::TestCases;

/// Messages of the macros' own; they are the same with every compiler.
const OWN: &[&str] = &["args", "target", "policy", "many", "derive"];
/// Messages of the compiler, partly in the runtime's words.
const COMPILERS: &[&str] = &["bounds", "body"];
/// Messages of the compiler that come when code is generated, in no fixed order: one mistake in a file.
const GENERATED: &[&str] = &["consts"];
/// What is right, however it looks.
const RIGHT: &str = "pass";

/// The compiler whose messages are in the files. Others word and lay out their own differently, and so does this
/// one where the sources of the standard library are installed (`rust-src`), which it then quotes.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn f91_mistakes_in_the_attribute_are_told_in_our_words_at_their_place() {
    fail(&TestCases::new(), OWN);
}

#[test]
fn f94_mistakes_that_the_compiler_finds_are_told_at_their_place() {
    if is_compiler_of_the_files() {
        fail(&TestCases::new(), COMPILERS);
    }
}

#[test]
fn what_is_right_compiles_and_constants_that_are_wrong_do_not() {
    // Code is generated only where some case is to pass, so these two belong together.
    let cases = TestCases::new();
    assert_ne!(files(RIGHT, "rs"), [""; 0]);
    cases.pass(format!("{RIGHT}/*.rs"));
    if is_compiler_of_the_files() {
        fail(&cases, GENERATED);
    }
}

#[test]
fn every_mistake_has_its_message_and_no_message_tells_of_the_machine() {
    if blesses() {
        return;
    }
    for folder in [OWN, COMPILERS, GENERATED].concat() {
        assert_eq!(files(folder, "rs"), files(folder, "stderr"), "in {folder}");
        for name in files(folder, "stderr") {
            let path = root().join(folder).join(name).with_extension("stderr");
            let text = fs::read_to_string(&path).unwrap();
            let is_of_a_machine = |line: &str| {
                ["--> /", "::: /", r"--> C:\"]
                    .iter()
                    .any(|path| line.contains(path))
            };
            let line = text.lines().find(|line| is_of_a_machine(line));
            assert_eq!(line, None, "in {}", path.display());
        }
    }
}

fn fail(cases: &TestCases, folders: &[&str]) {
    for folder in folders {
        assert_ne!(files(folder, "rs"), [""; 0], "nothing in {folder}");
        cases.compile_fail(format!("{folder}/*.rs"));
    }
}

/// The names of the files in a folder that end like this, without the ending.
fn files(folder: &str, ending: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension() == Some(OsStr::new(ending)))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn blesses() -> bool {
    env::var_os("TRYBUILD").is_some_and(|value| value == "overwrite")
}

fn is_compiler_of_the_files() -> bool {
    let version = rustc("--version");
    let sources = Path::new(rustc("--print=sysroot").trim()).join("lib/rustlib/src/rust/library");
    let is_same = version.starts_with(COMPILER) && !sources.exists();
    if !is_same {
        eprintln!(
            "messages of the compiler are not compared: {COMPILER}* without rust-src has written them"
        );
    }
    is_same
}

fn rustc(option: &str) -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg(option).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
