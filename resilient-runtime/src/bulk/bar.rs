//! The bar of a run, drawn by indicatif.

use super::{Progress, progress::Seconds};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The bar, drawn with each report.
pub(super) struct Bar {
    bar: ProgressBar,
    template: &'static str,
}

const KNOWN_TOTAL: &str = "{bar:24} {pos}/{len}  {wide_msg}";
const UNKNOWN_TOTAL: &str = "{spinner} {pos}  {wide_msg}";
/// The line that stays is not cut where the terminal ends.
const LAST: &str = "{pos}/{len}  {msg}";

impl Bar {
    /// On the standard error stream; silent if that is no terminal.
    pub(super) fn on_stderr() -> Self {
        Self::on(ProgressDrawTarget::stderr())
    }

    fn on(target: ProgressDrawTarget) -> Self {
        Self {
            bar: ProgressBar::with_draw_target(None, target),
            template: "",
        }
    }

    pub(super) fn draw(&mut self, progress: &Progress) {
        if self.bar.is_hidden() {
            return;
        }
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let ended = count(progress.ended());
        let length = progress.total.map(count);
        self.bar.set_length(length.unwrap_or(ended));
        self.set_template(match length {
            _ if progress.is_last => LAST,
            Some(_) => KNOWN_TOTAL,
            None => UNKNOWN_TOTAL,
        });
        self.bar.set_message(message(progress));
        self.bar.set_position(ended);
        if progress.is_last {
            self.bar.abandon();
        } else {
            self.bar.tick();
        }
    }

    fn set_template(&mut self, template: &'static str) {
        if self.template != template {
            self.template = template;
            if let Ok(style) = ProgressStyle::with_template(template) {
                self.bar.set_style(style.progress_chars("##-"));
            }
        }
    }
}

/// The line of a run that is dropped stays as it is.
impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.abandon();
    }
}

/// The text beside the bar. The reason of a pause comes first: a terminal may be narrow.
fn message(progress: &Progress) -> String {
    let mut parts = Vec::new();
    match (&progress.stopped, progress.held_back_by()) {
        (Some(stop), _) => parts.push(stop.to_string()),
        (None, Some(waiting)) => parts.push(waiting.to_string()),
        (None, None) => {}
    }
    if progress.skipped > 0 {
        parts.push(format!("{} done before", progress.skipped));
    }
    if progress.failed > 0 {
        parts.push(format!("{} failed", progress.failed));
    }
    if let Some(rate) = progress.rate {
        parts.push(format!("{rate:.1}/s"));
    }
    match progress.time_left {
        _ if progress.is_last => parts.push(Seconds(progress.elapsed).to_string()),
        Some(left) => parts.push(format!("{} left", Seconds(left))),
        None => {}
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bulk::{Stop, Waiting},
        statistics::WaitReason,
    };
    use indicatif::InMemoryTerm;
    use std::time::Duration;

    fn bar() -> (InMemoryTerm, Bar) {
        let terminal = InMemoryTerm::new(4, 80);
        let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
        (terminal, Bar::on(target))
    }

    fn progress() -> Progress {
        Progress {
            total: Some(3_000),
            succeeded: 1_480,
            failed: 20,
            running: 9,
            rate: Some(8.333),
            elapsed: Duration::from_secs(180),
            time_left: Some(Duration::from_secs(180)),
            ..Progress::default()
        }
    }

    #[test]
    fn bar_shows_number_rate_and_time_left() {
        let (terminal, mut bar) = bar();
        bar.draw(&progress());
        assert_eq!(
            terminal.contents(),
            "#############----------- 1500/3000  20 failed, 8.3/s, 3 min 0 s left"
        );
    }

    #[test]
    fn bar_names_the_reason_of_a_pause_first() {
        let (terminal, mut bar) = bar();
        let waiting = |reason| Waiting {
            reason,
            count: 3,
            time_left: Some(Duration::from_millis(11_200)),
        };
        let paused = Progress {
            running: 0,
            waiting: vec![waiting(WaitReason::Requests)],
            ..progress()
        };
        bar.draw(&paused);
        let text = terminal.contents();
        assert!(
            text.contains("1500/3000  rate limited, 12 s, 20 failed"),
            "{text}"
        );
        // A pause of all calls, while one is still in flight.
        bar.draw(&Progress {
            running: 1,
            waiting: vec![waiting(WaitReason::Backoff), waiting(WaitReason::Gate)],
            ..progress()
        });
        let text = terminal.contents();
        assert!(
            text.contains("1500/3000  paused by the server, 12 s,"),
            "{text}"
        );
    }

    #[test]
    fn bar_without_a_total_counts() {
        let (terminal, mut bar) = bar();
        bar.draw(&Progress {
            total: None,
            time_left: None,
            ..progress()
        });
        let text = terminal.contents();
        assert!(text.ends_with(" 1500  20 failed, 8.3/s"), "{text}");
    }

    #[test]
    fn last_line_stays_with_the_whole_reason_of_a_stop() {
        let (terminal, mut bar) = bar();
        bar.draw(&progress());
        bar.draw(&Progress {
            stopped: Some(Stop::Failures { failed: 20 }),
            is_last: true,
            ..progress()
        });
        drop(bar);
        assert_eq!(
            terminal.contents().replace('\n', ""),
            "1500/3000  stopped: 20 items failed; look at their errors, or raise \
             `max_failures`, 20 failed, 8.3/s, 3 min 0 s"
        );
    }
}
