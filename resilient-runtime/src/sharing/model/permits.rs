//! The permits of the concurrency limit, divided among the replicas.

use super::{SECOND, Step, count};

/// The time after which replicas with the same need take turns.
const TURN: f64 = 5.0 * SECOND;

impl Step<'_> {
    /// Small needs are met whole, large ones alike; what is left over is divided evenly. Nobody
    /// gets what others hold, or were given and have not returned.
    /// It may be less than this one holds: then it sends nothing until as many have ended.
    pub(super) fn divide_permits(&mut self) {
        let Some(limit) = self.input.permits else {
            self.own.given = 0.0;
            self.own.target = 0.0;
            return;
        };
        let own = self.input.replica;
        let mut needs: Vec<(u64, f64)> = Vec::new();
        let mut others = 0.0;
        for (id, other) in &self.state.replicas {
            needs.push((*id, other.held + other.wanted));
            others += other.given.max(other.held);
        }
        needs.push((own, self.own.held + self.own.wanted));
        needs.sort_unstable_by_key(|(id, _)| *id);

        let replicas = count(needs.len());
        let turn = (self.now / TURN).floor();
        // Equal needs are met in another order at each turn.
        let mut order: Vec<(f64, f64, u64)> = needs
            .iter()
            .enumerate()
            .map(|(at, (id, need))| (*need, (count(at) + turn) % replicas, *id))
            .collect();
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));

        let (mut rest, mut left, mut target) = (limit, replicas, 0.0);
        for (need, _, id) in order {
            let share = need.min((rest / left).floor());
            rest -= share;
            left -= 1.0;
            if id == own {
                target = share;
            }
        }
        let headroom = (rest / replicas).floor();
        self.own.target = (target + headroom).min(limit - others).max(0.0);
        self.own.given = self.own.held.max(self.own.target);
    }
}
