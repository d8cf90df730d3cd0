//! Failover: targets that stand in for each other.

mod accounts;
mod choice;
mod leaving;
mod nested;
mod outages;
mod patience;
mod sticky;

use resilient_runtime::{
    Class, Classification, Classify, FromRejection, Rejection, ServerWait, Target, WaitOrigin,
};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard},
    time::Duration,
};
use tokio::time::Instant;

/// An error of a class, or a rejection in words.
#[derive(Debug, PartialEq)]
enum Failure {
    Of(Class),
    AskedToWait(Duration),
    Rejected(Rejection),
}

impl Failure {
    fn class(&self) -> Class {
        self.classify().class
    }
}

impl Classify for Failure {
    fn classify(&self) -> Classification {
        match self {
            Self::Of(class) => Classification::new(*class),
            Self::AskedToWait(wait) => {
                let wait = ServerWait::new(*wait, WaitOrigin::RetryAfter);
                Classification::new(Class::RateLimited).wait(wait)
            }
            Self::Rejected(rejection) => rejection.classification(),
        }
    }
}

impl FromRejection for Failure {
    fn from_rejection(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

/// Servers behind the targets, by their names: what each answers, and the attempts that it got.
struct World {
    start: Instant,
    answers: Mutex<HashMap<&'static str, Answer>>,
    attempts: Mutex<Vec<(&'static str, Duration)>>,
}

#[derive(Clone, Copy)]
enum Answer {
    Fails(Class),
    Pause(Duration),
    Takes(Duration),
}

impl World {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            answers: Mutex::default(),
            attempts: Mutex::default(),
        }
    }

    /// From now on, the server behind a target answers like this.
    fn set(&self, name: &'static str, answer: Answer) {
        self.answers.lock().unwrap().insert(name, answer);
    }

    /// From now on, the server behind a target works.
    fn mend(&self, name: &'static str) {
        self.answers.lock().unwrap().remove(name);
    }

    async fn answer(&self, target: Target) -> Result<&'static str, Failure> {
        let name = target.name();
        self.log().push((name, self.start.elapsed()));
        let answer = self.answers.lock().unwrap().get(name).copied();
        match answer {
            None => Ok(name),
            Some(Answer::Fails(class)) => Err(Failure::Of(class)),
            Some(Answer::Pause(pause)) => Err(Failure::AskedToWait(pause)),
            Some(Answer::Takes(time)) => {
                tokio::time::sleep(time).await;
                Ok(name)
            }
        }
    }

    fn log(&self) -> MutexGuard<'_, Vec<(&'static str, Duration)>> {
        self.attempts.lock().unwrap()
    }

    /// The targets of all attempts so far.
    fn targets(&self) -> Vec<&'static str> {
        self.log().iter().map(|(name, _)| *name).collect()
    }

    fn count(&self, name: &str) -> usize {
        self.log().iter().filter(|(it, _)| *it == name).count()
    }
}
