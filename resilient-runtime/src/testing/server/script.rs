//! The scripts of a server, and its choice of an answer. No sockets.

use super::{Answer, ReceivedRequest};
use crate::random;
use std::collections::{BTreeMap, VecDeque};

/// All scripts, by path, and the requests so far.
#[derive(Debug, Default)]
pub(super) struct Scripts {
    by_path: BTreeMap<String, Script>,
    requests: Vec<ReceivedRequest>,
    /// The path of the request and the message of each that had no answer.
    unanswered: Vec<(String, String)>,
}

/// The answers at one path.
#[derive(Debug, Default)]
pub(super) struct Script {
    next: VecDeque<Answer>,
    /// The number of answers that the script had and has.
    length: usize,
    pub(super) otherwise: Option<Answer>,
    sometimes: Option<Sometimes>,
}

#[derive(Debug)]
struct Sometimes {
    seed: u64,
    drawn: u32,
    rates: Vec<(f64, Answer)>,
}

impl Scripts {
    /// The script at exactly this path, which is without a slash at its end.
    pub(super) fn at(&mut self, path: &str) -> &mut Script {
        self.by_path.entry(path.to_owned()).or_default()
    }

    /// Records the request and chooses its answer.
    pub(super) fn receive(&mut self, request: ReceivedRequest) -> Answer {
        let asked = format!("{} {}", request.method, request.path);
        let path = request.path.clone();
        self.requests.push(request);
        let covering = self.by_path.iter_mut().rev();
        // Of two paths that cover a third one, the longer is the later in order.
        let missing = match covering
            .into_iter()
            .find(|(script, _)| covers(script, &path))
        {
            Some((at, script)) => match script.choose() {
                Some(answer) => return answer,
                None => format!(
                    "FaultyServer has no answer left for {asked}: the {} of its script at {} are \
                     used up; add one with `answer`, or one for all further requests with \
                     `otherwise`",
                    script.length,
                    shown(at)
                ),
            },
            None => format!(
                "FaultyServer has no answer for {asked}: there are scripts for {:?} only; add one \
                 with `answer`, for another path with `at`",
                self.by_path.keys().map(|at| shown(at)).collect::<Vec<_>>()
            ),
        };
        self.unanswered.push((path, missing.clone()));
        Answer::mistake(&missing)
    }

    /// A request whose answer cannot be sent as it is.
    pub(super) fn mistake(&mut self, path: &str, message: String) -> Answer {
        let answer = Answer::mistake(&message);
        self.unanswered.push((path.to_owned(), message));
        answer
    }

    pub(super) fn requests(&self, path: &str) -> Vec<ReceivedRequest> {
        let requests = self.requests.iter();
        requests
            .filter(|request| covers(path, &request.path))
            .cloned()
            .collect()
    }

    pub(super) fn clear(&mut self, path: &str) {
        self.by_path.retain(|at, _| !covers(path, at));
        self.requests.retain(|request| !covers(path, &request.path));
        self.unanswered.retain(|(at, _)| !covers(path, at));
    }

    /// The answers that are left and the requests without one, a line for each script and request.
    pub(super) fn problems(&self, path: &str) -> Vec<String> {
        let scripts = self.by_path.iter();
        let left = scripts.filter(|(at, script)| covers(path, at) && !script.next.is_empty());
        let left = left.map(|(at, script)| {
            let names: Vec<String> = script.next.iter().map(ToString::to_string).collect();
            format!(
                "{} of the {} answers of the FaultyServer's script at {} were not asked for: {}",
                script.left(),
                script.length,
                shown(at),
                names.join(", then ")
            )
        });
        let unanswered = self.unanswered.iter();
        let unanswered = unanswered.filter(|(at, _)| covers(path, at));
        left.chain(unanswered.map(|(_, message)| message.clone()))
            .collect()
    }
}

impl Script {
    pub(super) fn add(&mut self, answers: Vec<Answer>) {
        let before = self.left();
        self.next.extend(answers);
        let added = self.left().saturating_sub(before);
        self.length = self.length.saturating_add(added);
    }

    pub(super) fn set_sometimes(&mut self, seed: u64, rates: Vec<(f64, Answer)>) {
        self.sometimes = Some(Sometimes {
            seed,
            drawn: 0,
            rates,
        });
    }

    fn left(&self) -> usize {
        self.next
            .iter()
            .fold(0, |sum, answer| sum.saturating_add(answer.times))
    }

    fn choose(&mut self) -> Option<Answer> {
        if let Some(answer) = self.sometimes.as_mut().and_then(Sometimes::draw) {
            return Some(answer);
        }
        let Some(next) = self.next.front_mut() else {
            return self.otherwise.clone();
        };
        next.times = next.times.saturating_sub(1);
        if next.times == 0 {
            return self.next.pop_front();
        }
        Some(next.clone())
    }
}

impl Sometimes {
    fn draw(&mut self) -> Option<Answer> {
        self.drawn = self.drawn.wrapping_add(1);
        // The upper 32 bits of the number, as a share of all.
        let upper = (random::seeded(self.seed, self.drawn) >> 32) as u32;
        let mut drawn = f64::from(upper) / (f64::from(u32::MAX) + 1.0);
        for (rate, answer) in &self.rates {
            if drawn < *rate {
                return Some(answer.clone());
            }
            drawn -= rate;
        }
        None
    }
}

/// Whether `path` is `at` or below it.
fn covers(at: &str, path: &str) -> bool {
    path.strip_prefix(at)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn shown(path: &str) -> &str {
    if path.is_empty() { "/" } else { path }
}
