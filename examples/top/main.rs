//! A live view of the calls to a server that misbehaves: `cargo run --example top`.

mod calls;
mod screen;

use calls::Calls;
use ratatui::{
    DefaultTerminal,
    crossterm::{
        event::{self, Event, KeyCode, KeyModifiers},
        execute,
        terminal::{Clear, ClearType},
    },
};
use resilient_runtime::observe;
use resilient_top::{
    arguments::{Arguments, HELP},
    layout,
    page::page,
    recording::{Limits, Recorder},
    watch::Watch,
};
use screen::Palette;
use std::{
    fs,
    io::{self, ErrorKind, IsTerminal as _, Write as _},
    process::ExitCode,
    time::Duration,
};

/// The length of a run without a terminal.
const DEFAULT_TIME: Duration = Duration::from_secs(10);
/// The time between two pictures.
const PICTURE: Duration = Duration::from_millis(250);
/// The time between two texts.
const TEXT: Duration = Duration::from_secs(1);
/// The width of a text, unless `COLUMNS` is set.
const DEFAULT_WIDTH: usize = 120;

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            let _ = writeln!(io::stderr(), "{message}");
            return ExitCode::from(2);
        }
    };
    if arguments.is_help {
        let _ = writeln!(io::stdout(), "{HELP}");
        return ExitCode::SUCCESS;
    }
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<()> {
    let is_terminal = io::stdout().is_terminal();
    let default = (!is_terminal).then_some(DEFAULT_TIME);
    let mut watch = Watch::start()?;
    let recorder = Recorder::start(Limits::default());
    if arguments.report.is_some() {
        observe(recorder.clone());
    }
    let calls = Calls::start(arguments.time.or(default))?;
    let shown = if is_terminal {
        // Also sets a hook that restores the terminal if anything panics.
        let terminal = ratatui::try_init();
        let shown = terminal.and_then(|terminal| show(terminal, &mut watch, &calls));
        ratatui::restore();
        shown
    } else {
        print(&mut watch, &calls)
    };
    let ended = calls.stop();
    if is_terminal && ended.is_err() {
        // The message of a panic, which the last picture was drawn over.
        execute!(io::stdout(), Clear(ClearType::FromCursorDown))?;
    }
    ended.and(shown)?;
    match &arguments.report {
        Some(file) => {
            fs::write(file, page(&recorder.recording())?)?;
            writeln!(io::stdout(), "The report is in {}.", file.display())
        }
        None => Ok(()),
    }
}

/// Draws until a key ends it.
fn show(mut terminal: DefaultTerminal, watch: &mut Watch, calls: &Calls) -> io::Result<()> {
    let palette = Palette::from_env();
    while !calls.have_ended_after(Duration::ZERO) {
        let mut state = watch.state();
        state.is_interactive = true;
        terminal.draw(|frame| screen::draw(frame, &state, palette))?;
        if event::poll(PICTURE)? && is_quit(&event::read()?) {
            break;
        }
    }
    Ok(())
}

fn is_quit(event: &Event) -> bool {
    event.as_key_press_event().is_some_and(|key| {
        let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('q') | KeyCode::Esc => true,
            KeyCode::Char('c') => is_control,
            _ => false,
        }
    })
}

/// Prints a text each second, and one at the end. A closed pipe ends it too.
fn print(watch: &mut Watch, calls: &Calls) -> io::Result<()> {
    let columns = std::env::var("COLUMNS").ok();
    let columns = columns.and_then(|columns| columns.parse().ok());
    let width = columns.unwrap_or(DEFAULT_WIDTH);
    let mut stdout = io::stdout().lock();
    loop {
        let have_ended = calls.have_ended_after(TEXT);
        match writeln!(stdout, "{}", layout::text(&watch.state(), width)) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            Err(error) => return Err(error),
            Ok(()) if have_ended => return Ok(()),
            Ok(()) => {}
        }
    }
}
