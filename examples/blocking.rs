//! A command-line tool without a runtime: a blocking function over a loopback server that fails
//! twice. The client is one of the standard library, with its own timeout.
#![allow(clippy::print_stdout, reason = "output is its purpose")]

use resilient_runtime::{CallError, Event, EventKind, Upstream, observe, resilient};
use std::{
    error::Error,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

const TIMEOUT: Duration = Duration::from_millis(300);

static API: Upstream = Upstream::new("api").requests_per_minute(600);

#[resilient(upstream = API, attempts = 4, deadline = "10s", backoff(initial = "200ms"), fallback = cached)]
fn price(server: SocketAddr, item: &str) -> Result<String, CallError<io::Error>> {
    let mut stream = TcpStream::connect_timeout(&server, TIMEOUT)?;
    // The attribute cannot cut a blocking attempt: the client does.
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.write_all(format!("{item}\n").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.is_empty() {
        Err(io::Error::from(io::ErrorKind::UnexpectedEof))?;
    }
    Ok(answer)
}

#[expect(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    reason = "the form of a fallback"
)]
fn cached(
    _: SocketAddr,
    item: &str,
    error: CallError<io::Error>,
) -> Result<String, CallError<io::Error>> {
    println!("    {error}");
    Ok(format!("{item}: 40, as of yesterday"))
}

/// Closes the first connection, never answers the second, and serves those after them.
fn serve(listener: &TcpListener) -> io::Result<()> {
    let mut silent = Vec::new();
    for number in 1.. {
        let (mut stream, _) = listener.accept()?;
        BufReader::new(&stream).read_line(&mut String::new())?;
        match number {
            1 => drop(stream),
            2 => silent.push(stream),
            _ => stream.write_all(b"tea: 42")?,
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let _observation = observe(|event: &Event<'_>| match &event.kind {
        EventKind::AttemptFailed(failed) => println!(
            "    attempt {} failed after {:.1?}: {}",
            failed.attempt, failed.took, failed.failure.class
        ),
        EventKind::Recovered { .. } => println!("    recovered"),
        _ => {}
    });
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let server = listener.local_addr()?;
    thread::spawn(move || serve(&listener));

    println!("a server that fails twice:");
    println!("  {}", price(server, "tea")?);

    println!("nobody listens:");
    let nobody = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    println!("  {}", price(nobody, "tea")?);
    Ok(())
}
