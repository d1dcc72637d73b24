//! The token bucket, as one pure function in whole numbers.

/// A bucket of requests that is refilled all the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Requests that come back in a minute; at least 1.
    pub per_minute: u32,
    /// Requests that it holds when it is full; at least 1.
    pub room: u32,
}

/// How far a bucket is drawn. The default is a full one, so that only those that are not full need
/// to be kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// What is missing, in 60,000ths of a request: then a millisecond brings back `per_minute` of
    /// them, and nothing is ever rounded.
    pub missing: u64,
    /// When that was so, in milliseconds since 1970.
    pub at: u64,
}

/// What a draw leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The bucket afterwards. A refused draw takes nothing.
    pub level: Level,
    /// Milliseconds after which the same draw succeeds if nobody else draws; `None`: it did.
    pub wait: Option<u64>,
    /// Whole requests that are left.
    pub remaining: u64,
    /// When the bucket is full again, in milliseconds since 1970.
    pub full_at: u64,
}

/// 60,000ths of a request in a request: milliseconds in a minute.
const REQUEST: u64 = 60_000;

impl Bucket {
    /// Draws `cost` requests at `now`, in milliseconds since 1970. More than there is room for is
    /// taken as all of it, since it could never succeed.
    ///
    /// Time does not run backwards here: at a `now` before the last one nothing comes back, until
    /// the clock has caught up. So a bucket never gives more than its promise.
    pub fn draw(self, level: Level, now: u64, cost: u32) -> Draw {
        let rate = u64::from(self.per_minute.max(1));
        let room = u64::from(self.room.max(1)) * REQUEST;
        let cost = (u64::from(cost) * REQUEST).min(room);
        let at = now.max(level.at);
        let back = (at - level.at).saturating_mul(rate);
        let missing = level.missing.saturating_sub(back);
        let over = (missing + cost).saturating_sub(room);
        let missing = if over == 0 { missing + cost } else { missing };
        Draw {
            level: Level { missing, at },
            wait: (over > 0).then(|| over.div_ceil(rate) + (at - now)),
            // Limits that were lowered may leave more missing than there is room for.
            remaining: room.saturating_sub(missing) / REQUEST,
            full_at: at + missing.div_ceil(rate),
        }
    }
}
