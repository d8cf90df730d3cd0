//! Retry storms: a burst of calls to a server that answers 503, and a server at a tenth of its
//! capacity. Run it with `cargo run --example storm`.

mod chart;
mod draw_burst;
mod draw_queue;

use std::fs;
use std::path::Path;

use tokio::runtime::{Builder, Runtime};

#[expect(clippy::print_stdout, reason = "an example shows what it does")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    fs::create_dir_all(&target)?;
    let target = target.canonicalize()?;
    let runtime = runtime()?;
    for (name, draw) in [
        (
            "burst.svg",
            draw_burst::draw as fn(&Runtime) -> (String, chart::Chart),
        ),
        ("storm.svg", draw_queue::draw),
    ] {
        let (text, chart) = draw(&runtime);
        let path = target.join(name);
        fs::write(&path, chart.svg())?;
        println!("{text}\nwritten to {}\n", path.display());
    }
    Ok(())
}

/// A runtime with paused time.
fn runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
}

/// `BLESS=1 cargo test -p resilient-examples --example storm` redraws it.
#[test]
fn the_picture_in_the_readme_is_what_is_drawn() -> Result<(), Box<dyn std::error::Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("burst.svg");
    let (_, chart) = draw_burst::draw(&runtime()?);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, chart.svg())?;
    }
    assert_eq!(fs::read_to_string(path)?, chart.svg());
    Ok(())
}
