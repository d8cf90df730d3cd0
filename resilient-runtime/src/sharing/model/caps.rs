//! The use of caps, in their windows of the calendar.

use super::Step;
use crate::sharing::numbers::LARGEST;

/// The use in a window.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Window {
    used: f64,
    ends: f64,
}

impl Step<'_> {
    /// Counts what was used, and answers with the use of all replicas. Windows that have ended are
    /// removed.
    pub(super) fn caps(&mut self, is_new: bool) -> Vec<f64> {
        let now = self.now;
        if self.input.caps.is_empty() {
            return Vec::new();
        }
        let windows = &mut self.state.caps;
        windows.retain(|_, window| window.ends >= now);
        let mut used = Vec::new();
        for cap in &self.input.caps {
            let is_told = is_new || !windows.contains_key(&cap.window);
            let window = windows.entry(cap.window.clone()).or_default();
            if is_told {
                // It may have been lost.
                window.used = window.used.max(cap.known);
            }
            window.used = (window.used + cap.change).clamp(0.0, LARGEST);
            window.ends = window.ends.max(cap.ends + now);
            used.push(window.used);
        }
        used
    }
}
