//! The server, and how it misbehaves over time: each function of [`traffic`](crate::traffic) has a
//! path with faults of its own, and some have an incident every 24 seconds.

use resilient_runtime::testing::server::{
    FaultyServer, ServerPath, ok, openai, reset, respond, status,
};
use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tokio::time::interval;

pub(crate) const ITEMS: &str = "/items";
pub(crate) const CHAT: &str = "/chat";
pub(crate) const EMBEDDINGS: &str = "/embeddings";
pub(crate) const INDEX: &str = "/index";
pub(crate) const BILLING: &str = "/billing";
pub(crate) const PROFILES: &str = "/profiles";

/// The time from one incident to the next, in seconds.
const CYCLE: u64 = 24;

/// Changes the answers of the server each second, until it is dropped.
pub(crate) async fn play(server: &FaultyServer) {
    let mut seconds = interval(Duration::from_secs(1));
    for second in 0_u64.. {
        seconds.tick().await;
        // Also forgets the requests so far.
        server.clear();
        script(server, second);
    }
}

/// The answers in this second.
fn script(server: &FaultyServer, second: u64) {
    let at = second.checked_rem(CYCLE).unwrap_or_default();
    let path = |path| server.at(path);

    answers_in(&path(ITEMS), 5, 25);

    let chat = path(CHAT);
    answers_in(&chat, 80, 400);
    let overloaded = if (12..16).contains(&at) { 0.7 } else { 0.12 };
    let pause = openai::overloaded().retry_after(Duration::from_secs(1));
    let faults = [
        (overloaded, openai::overloaded()),
        (0.05, reset()),
        (0.03, pause),
        (0.01, openai::rate_limited()),
    ];
    chat.sometimes(second, faults);

    answers_in(&path(EMBEDDINGS), 120, 260);

    let index = path(INDEX);
    answers_in(&index, 10, 60);
    if (1..7).contains(&at) {
        index.sometimes(second, [(0.95, status(500).body("index is not loaded"))]);
    }

    let billing = path(BILLING);
    answers_in(&billing, 30, 90);
    billing.sometimes(second, [(0.3, openai::authentication())]);

    let profiles = path(PROFILES);
    answers_in(&profiles, 40, 90);
    let slow = ok("Good morning.").delay(Duration::from_millis(900));
    profiles.sometimes(second, [(0.15, slow)]);
}

/// All requests succeed, after a time between these two, in milliseconds.
fn answers_in(path: &ServerPath<'_>, least: u64, most: u64) {
    let number = AtomicU32::new(0);
    path.otherwise(respond(move |_| {
        let share = spread(number.fetch_add(1, Ordering::Relaxed));
        let range = Duration::from_millis(most.saturating_sub(least));
        let time = Duration::from_millis(least).saturating_add(range.mul_f64(share));
        ok("Good morning.").delay(time)
    }));
}

/// A number from 0 to below 1: those of successive numbers are spread evenly.
pub(crate) fn spread(number: u32) -> f64 {
    (f64::from(number) * 0.618_033_988_749_895).fract()
}
