//! The arguments of the script, and its answer.

use crate::sharing::{
    numbers::{Answer, Bucket, Input, Left, Operation},
    store::StoreError,
};

/// Takes the arguments in their order.
pub(super) trait Arguments {
    fn text(&mut self, text: &str);

    fn number(&mut self, number: f64) {
        // The shortest text that gives the same number again.
        self.text(&number.to_string());
    }
}

pub(super) fn write(operation: &Operation, input: &Input, to: &mut impl Arguments) {
    to.text(match operation {
        Operation::Order { .. } => "order",
        Operation::Settle => "settle",
        Operation::Beat => "beat",
        Operation::Probe => "probe",
    });
    to.text(&format!("{:016x}", input.replica));
    bucket(input.requests, to);
    bucket(input.tokens, to);
    optional(input.permits, to);
    to.number(input.used_requests);
    to.number(input.used_tokens);
    to.number(input.pause);
    reading(input.requests_left, to);
    reading(input.tokens_left, to);
    to.number(input.held);
    to.number(input.wanted);
    flag(input.has_calls, to);
    to.number(input.break_left);
    flag(input.is_for_all, to);
    optional(input.closes, to);
    optional(input.reopens, to);
    to.number(input.unused_probes);
    to.number(input.probes);
    to.number(input.probe_timeout);
    let budget = input.budget;
    optional(budget.map(|budget| budget.most), to);
    to.number(budget.map_or(0.0, |budget| budget.missing));
    to.number(budget.map_or(0.0, |budget| budget.change));
    length(input.caps.len(), to);
    for cap in &input.caps {
        to.text(&cap.window);
        to.number(cap.ends);
        to.number(cap.change);
        to.number(cap.known);
    }
    if let Operation::Order { costs, latest } = operation {
        to.number(*latest);
        length(costs.len(), to);
        for cost in costs {
            to.number(*cost);
        }
    }
}

fn bucket(bucket: Option<Bucket>, to: &mut impl Arguments) {
    optional(bucket.map(|bucket| bucket.interval), to);
    optional(bucket.map(|bucket| bucket.window), to);
    optional(bucket.map(|bucket| bucket.period), to);
}

fn reading(reading: Option<Left>, to: &mut impl Arguments) {
    optional(reading.map(|reading| reading.left), to);
    optional(reading.map(|reading| reading.resets), to);
}

fn optional(number: Option<f64>, to: &mut impl Arguments) {
    match number {
        Some(number) => to.number(number),
        None => to.text("-1"),
    }
}

fn flag(flag: bool, to: &mut impl Arguments) {
    to.text(if flag { "1" } else { "0" });
}

fn length(length: usize, to: &mut impl Arguments) {
    to.text(&length.to_string());
}

/// Reads an answer of the script.
pub(super) fn read(text: &str) -> Result<Answer, StoreError> {
    parse(text).ok_or_else(|| StoreError::new("the answer is malformed"))
}

fn parse(text: &str) -> Option<Answer> {
    let mut words = text.split_ascii_whitespace();
    let mut next = || number(words.next()?);
    let mut answer = Answer {
        is_new: next()? > 0.0,
        state: next()?,
        replicas: next()?,
        pause: next()?,
        permits: present(next()?),
        version: next()?,
        break_left: present(next()?),
        missing: next()?,
        refused: present(next()?),
        probe_wait: present(next()?),
        ..Answer::default()
    };
    let caps: usize = words.next()?.parse().ok()?;
    let waits: usize = words.next()?.parse().ok()?;
    let rest: Vec<f64> = words.map(number).collect::<Option<_>>()?;
    let (used, places) = rest.split_at_checked(caps)?;
    answer.caps = used.to_vec();
    answer.waits = places.to_vec();
    (places.len() == waits).then_some(answer)
}

fn number(word: &str) -> Option<f64> {
    word.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A negative number is none.
fn present(number: f64) -> Option<f64> {
    (number >= 0.0).then_some(number)
}
