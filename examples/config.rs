//! Numbers that change while the program runs: the file is written again, and calls follow.
#![allow(clippy::print_stdout, reason = "output is its purpose")]

use resilient_runtime::{CallError, Upstream, config, policy_of, resilient, upstream_of};
use std::{error::Error, fs, io, time::Duration};

static API: Upstream = Upstream::new("api").requests_per_minute(600);

#[resilient(name = "app::ask", upstream = API, attempts = 4)]
async fn ask() -> Result<u32, CallError<io::Error>> {
    Ok(42)
}

fn show(title: &str) -> Result<(), Box<dyn Error>> {
    let (policy, upstream) = (policy_of("app::ask")?, upstream_of("app::ask")?);
    println!("{title}");
    let settings = [policy.get("attempts"), upstream.get("requests")];
    for setting in settings.into_iter().flatten() {
        println!("  {setting}");
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::temp_dir().join(format!("resilient-{}.toml", std::process::id()));
    fs::write(&path, "[upstream.api]\nrequests = \"300/min\"\n")?;
    let watching = config::watch(&path)?;
    ask().await?;
    show("the file that was loaded:")?;

    let changed = "[upstream.api]\nrequests = \"60/min\"\n[call.\"app::*\"]\nattempts = 2\n";
    fs::write(&path, changed)?;
    while policy_of("app::ask")?.policy().attempts != 2 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    show("after a change of the file:")?;

    fs::write(&path, "[call.\"app::*\"]\natempts = 3\n")?;
    if let Err(mistakes) = config::reload() {
        println!("a mistake changes nothing:\n{mistakes}");
    }
    show("still:")?;
    drop(watching);
    fs::remove_file(path)?;
    Ok(())
}
