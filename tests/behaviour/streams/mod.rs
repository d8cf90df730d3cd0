//! Functions that give a stream.

mod accounts;
mod after_content;
mod before_content;
mod composed;
mod forms;
mod inside;
mod last_item;
mod positions;
mod resume;
mod resumed;
mod robust;

use futures::Stream;
use resilient_runtime::Class;
use resilient_tests::{Counter, Failure};
use std::{pin::Pin, time::Duration};
use tokio::time::sleep;

/// A piece of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// A keep-alive: no content.
    Ping,
    Word(u32),
    End,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "`content` and `last` take references"
)]
impl Piece {
    fn is_word(&self) -> bool {
        matches!(self, Self::Word(_))
    }

    fn is_end(&self) -> bool {
        matches!(self, Self::End)
    }
}

/// What a server does next in a stream.
#[derive(Clone, Copy, Debug)]
enum Step {
    Give(Piece),
    Wait(Duration),
    Fail(Class),
    Hang,
}
use Piece::{End, Ping, Word};
use Step::{Fail, Give, Hang, Wait};

/// A server that answers each request by the next script.
struct Server {
    requests: Counter,
    scripts: Vec<Vec<Step>>,
}

type Pieces = Pin<Box<dyn Stream<Item = Result<Piece, Failure>> + Send>>;

impl Server {
    fn new<const N: usize>(scripts: [&[Step]; N]) -> Self {
        Self {
            requests: Counter::new(),
            scripts: scripts.map(<[Step]>::to_vec).to_vec(),
        }
    }

    /// The stream of the next request; the last script repeats.
    fn answer(&self) -> Pieces {
        let number = self.requests.count() as usize;
        let script = &self.scripts[(number - 1).min(self.scripts.len() - 1)];
        Box::pin(played(script.clone()))
    }
}

fn played(script: Vec<Step>) -> impl Stream<Item = Result<Piece, Failure>> + Send {
    futures::stream::unfold(script.into_iter(), |mut script| async {
        loop {
            match script.next()? {
                Give(piece) => return Some((Ok(piece), script)),
                Wait(time) => sleep(time).await,
                Fail(class) => return Some((Err(Failure::of(class)), script)),
                Hang => std::future::pending().await,
            }
        }
    })
}
