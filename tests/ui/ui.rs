//! Messages for mistakes: one folder per stage, one file per kind of mistake, one function per
//! mistake. `NAME.stderr` is the output of the compiler for `NAME.rs`.
//!
//! `TRYBUILD=overwrite cargo test -p resilient-ui` writes all `.stderr` files, with the compiler
//! named below. Review the diff as a reader of the messages: is the caret at the right word, does
//! the text contain a correct form?
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use trybuild::TestCases;

/// Messages of the macros, which are the same with every compiler.
const OWN: &[&str] = &["args", "target", "policy", "many", "derive"];
/// Messages of the compiler, some of them by attributes of the runtime.
const COMPILERS: &[&str] = &["bounds", "body"];
/// Messages of the compiler during code generation, in no fixed order: one mistake per file.
const GENERATED: &[&str] = &["consts"];
/// Unusual code that is correct.
const RIGHT: &str = "pass";

/// The version of the compiler that wrote the files. Other versions have other messages, and so has
/// this one if `rust-src` is installed: it then quotes the sources of the standard library.
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
fn correct_code_compiles_and_wrong_constants_do_not() {
    // `trybuild` generates code only if some case passes, so these two are one test.
    let cases = TestCases::new();
    assert_ne!(files(RIGHT, "rs"), [""; 0]);
    cases.pass(format!("{RIGHT}/*.rs"));
    if is_compiler_of_the_files() {
        fail(&cases, GENERATED);
    }
}

#[test]
fn every_mistake_has_a_message_without_local_paths() {
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

#[test]
fn f179_a_move_of_what_by_ref_lends_is_told_at_its_place_with_the_way_out() {
    if blesses() {
        return;
    }
    let text = fs::read_to_string(root().join("bounds/by_ref.stderr")).unwrap();
    let count = |part: &str| text.matches(part).count();
    assert_eq!(count("error["), 7);
    assert_eq!(count("error[E0277]: the body moves this argument"), 7);
    assert_eq!(count("or remove it from `by_ref`"), 7);
}

#[test]
fn f213_a_part_of_a_type_that_is_not_clone_is_reported_with_the_way_out() {
    if blesses() {
        return;
    }
    let text = fs::read_to_string(root().join("bounds/containers.stderr")).unwrap();
    let errors: Vec<&str> = text.split("error[").skip(1).collect();
    assert_eq!(errors.len(), 12);
    for error in errors {
        let is_of_an_item = error.contains("let the items be `Clone`");
        let is_told = error.contains("Each attempt needs a clone: derive `Clone` or add the bound")
            || error.contains("Each attempt starts with a clone: derive `Clone` or add the bound");
        assert!(is_told || is_of_an_item, "{error}");
    }
}

#[test]
fn f214_a_builder_that_lacks_a_bound_is_told_the_bound_and_not_to_borrow() {
    if blesses() {
        return;
    }
    let text = fs::read_to_string(root().join("bounds/containers.stderr")).unwrap();
    assert_eq!(text.matches("B: Body + std::clone::Clone").count(), 5);
    for name in ["arguments", "containers", "lent"] {
        let path = root().join("bounds").join(name).with_extension("stderr");
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("consider borrowing here"), "in {name}");
    }
}

#[test]
fn f215_a_move_of_a_field_of_what_is_lent_is_told_at_the_argument() {
    is_told_at("async fn moved_by_a_field(token: Token)", "Token");
    is_told_at("async fn unwrapped(options: Options)", "Options");
    is_told_at("async fn taken_apart(self)", "Options");
    is_told_at(
        "async fn read(response: Response<String>)",
        "Response<String>",
    );
}

#[test]
fn f223_a_value_that_patterns_take_apart_is_not_lent_if_that_would_change_their_variables() {
    is_told_at(
        "async fn matched(statement: Statement<'_>)",
        "Statement<'_>",
    );
}

/// `bounds/lent.stderr` has our message about this type, at this place.
fn is_told_at(place: &str, ty: &str) {
    if blesses() {
        return;
    }
    let text = fs::read_to_string(root().join("bounds/lent.stderr")).unwrap();
    let error = text.split("error[").find(|error| error.contains(place));
    let told = [
        format!("E0277]: the argument type `{ty}` is not `Clone`"),
        format!("E0277]: the first attempt uses up this `{ty}`, which is not `Clone`"),
    ];
    let error = error.unwrap();
    assert!(told.iter().any(|told| error.starts_with(told)), "{error}");
}

#[test]
fn f180_no_help_of_the_compiler_names_private_paths() {
    if blesses() {
        return;
    }
    for folder in [OWN, COMPILERS, GENERATED].concat() {
        for name in files(folder, "stderr") {
            let path = root().join(folder).join(name).with_extension("stderr");
            let text = fs::read_to_string(&path).unwrap();
            let is_private = |line: &&str| line.contains("help:") && line.contains("__private");
            assert_eq!(text.lines().find(is_private), None, "in {}", path.display());
        }
    }
}

fn fail(cases: &TestCases, folders: &[&str]) {
    for folder in folders {
        assert_ne!(files(folder, "rs"), [""; 0], "nothing in {folder}");
        cases.compile_fail(format!("{folder}/*.rs"));
    }
}

/// The names of the files in a folder with this ending, without it.
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
