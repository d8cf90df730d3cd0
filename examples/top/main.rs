//! A live view of the calls to a server that misbehaves: `cargo run --example top`.

use resilient_runtime::observe;
use resilient_top::{
    arguments::Arguments,
    page::page,
    recording::{Limits, Recorder},
    traffic,
};
use std::{
    fs,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            let _ = writeln!(io::stderr(), "{message}");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = writeln!(io::stderr(), "no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let recorder = Recorder::start(Limits::default());
    if arguments.report.is_some() {
        observe(recorder.clone());
    }
    runtime.block_on(traffic::run(arguments.time));
    match arguments.report {
        Some(file) => report(&recorder, &file),
        None => ExitCode::SUCCESS,
    }
}

/// Writes the page about the run.
fn report(recorder: &Recorder, file: &Path) -> ExitCode {
    let page = page(&recorder.recording()).map_err(io::Error::from);
    match page.and_then(|page| fs::write(file, page)) {
        Ok(()) => {
            let _ = writeln!(io::stdout(), "The report is in {}.", file.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "{}: {error}", file.display());
            ExitCode::FAILURE
        }
    }
}
