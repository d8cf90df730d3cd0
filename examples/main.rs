//! `cargo run`: calls of a chat-completions API with all kinds of failures, made with
//! `#[resilient]`.

mod chat;
mod fan_out;
mod scenarios;
mod show;
mod streaming;
mod terminal;

use std::process::ExitCode;

use resilient_runtime::Upstream;
use tracing_subscriber::layer::SubscriberExt;

use crate::chat::Api;
use crate::show::Show;
use crate::terminal::{Terminal, note, say};

const HELP: &str = "\
Calls of a chat-completions API that fail in all ways, made with #[resilient].

Usage:
  cargo run                     play all scenarios against a server on loopback
  cargo run -- chat PROMPT      ask a real API
  cargo run -- --help           print this

Environment of `chat`:
  OPENAI_API_KEY                the key, required
  OPENAI_BASE_URL               default: https://api.openai.com/v1
  OPENAI_MODEL                  default: gpt-4o-mini

Lines are as long as the terminal is wide, from 60 to 200 columns; COLUMNS overrides that.
Colours are for terminals only; NO_COLOR=1 turns them off there too.";

enum Command {
    Demo,
    Chat(String),
    Help,
}

/// A mistake of the user: a wrong argument or a missing variable.
struct Usage(String);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let done = match parse(std::env::args().skip(1)) {
        Ok(Command::Demo) => demo().await,
        Ok(Command::Chat(prompt)) => ask(&prompt).await,
        Ok(Command::Help) => {
            say(HELP);
            Ok(ExitCode::SUCCESS)
        }
        Err(usage) => Err(usage),
    };
    done.unwrap_or_else(|Usage(message)| {
        note(&message);
        ExitCode::from(2)
    })
}

fn parse(arguments: impl Iterator<Item = String>) -> Result<Command, Usage> {
    let arguments: Vec<String> = arguments.collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => Ok(Command::Demo),
        ["--help" | "-h" | "help", ..] | ["chat", "--help" | "-h"] => Ok(Command::Help),
        ["chat"] => Err(Usage(
            "chat needs a prompt: cargo run -- chat \"Say good morning.\"".to_owned(),
        )),
        ["chat", prompt @ ..] => Ok(Command::Chat(prompt.join(" "))),
        [unknown, ..] => Err(Usage(format!("unknown argument `{unknown}`\n\n{HELP}"))),
    }
}

async fn demo() -> Result<ExitCode, Usage> {
    let terminal = Terminal::stdout();
    let show = listen(Show::new(terminal));
    match scenarios::play(&show, terminal).await {
        Ok(rows) => {
            show::table(&rows, terminal);
            show::report(&rows, terminal);
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            note(&format!("no server on loopback: {error}"));
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The reply goes to standard output, everything else to standard error.
async fn ask(prompt: &str) -> Result<ExitCode, Usage> {
    listen(Show::new(Terminal::stderr()));
    match api()?.chat(prompt).await {
        Ok(reply) => {
            say(&reply);
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            note(&format!(
                "{error:#}\nto tell a user: {}",
                error.user_message()
            ));
            Ok(ExitCode::FAILURE)
        }
    }
}

fn api() -> Result<Api, Usage> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let key = variable("OPENAI_API_KEY").ok_or_else(|| {
        Usage(
            "OPENAI_API_KEY is not set: set it to your key, and OPENAI_BASE_URL for any API but OpenAI's.\n\
             Without a key, `cargo run` plays all scenarios against a server on loopback."
                .to_owned(),
        )
    })?;
    let base_url = variable("OPENAI_BASE_URL").unwrap_or("https://api.openai.com/v1".to_owned());
    let http = if base_url.starts_with("https:") {
        resilient_examples::install_tls();
        let client = reqwest::Client::builder().build();
        client.map_err(|error| {
            Usage(format!(
                "are the system's CA certificates installed? {error}"
            ))
        })?
    } else {
        resilient_examples::client() // a server nearby, for which no certificates are needed
    };
    Ok(Api {
        http,
        base_url: base_url.trim_end_matches('/').to_owned(),
        key,
        model: variable("OPENAI_MODEL").unwrap_or("gpt-4o-mini".to_owned()),
        upstream: Upstream::new("chat"),
    })
}

fn listen(show: Show) -> Show {
    let subscriber = tracing_subscriber::registry().with(show.clone());
    // Fails only if a subscriber is set already, and this program sets no other.
    let _ = tracing::subscriber::set_global_default(subscriber);
    show
}
