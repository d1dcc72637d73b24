//! How much the memory of a process and its children grows, as Linux tells it.

use std::collections::HashMap;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How often it is looked at.
const EVERY: Duration = Duration::from_millis(15);

/// A look at the memory of a process, again and again until it is asked what came of it.
pub(crate) struct Watch {
    start: u64,
    peak: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Begins to look; `None` where the system does not tell.
    pub(crate) fn start(pid: u32) -> Option<Self> {
        let start = resident_kb(pid)?;
        let peak = Arc::new(AtomicU64::new(start));
        let over = Arc::new(AtomicBool::new(false));
        let (highest, ended) = (Arc::clone(&peak), Arc::clone(&over));
        let thread = thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                highest.fetch_max(resident_kb(pid).unwrap_or_default(), Ordering::Relaxed);
                thread::sleep(EVERY);
            }
        });
        Some(Self {
            start,
            peak,
            over,
            thread: Some(thread),
        })
    }

    /// Ends, and gives the megabytes between the first look and the highest one.
    pub(crate) fn grown_mb(mut self) -> u64 {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It has nothing that could fail but the sum.
            let _ = thread.join();
        }
        self.peak.load(Ordering::Relaxed).saturating_sub(self.start) / 1024
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// The resident memory of a process and all below it, in kilobytes (proc(5), `status`).
fn resident_kb(pid: u32) -> Option<u64> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut memory: HashMap<u32, u64> = HashMap::new();
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        // A process may end while it is looked at.
        let Ok(status) = fs::read_to_string(entry.path().join("status")) else {
            continue;
        };
        let number = |name: &str| -> Option<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        let parent = number("PPid:").and_then(|parent| u32::try_from(parent).ok());
        children
            .entry(parent.unwrap_or_default())
            .or_default()
            .push(pid);
        memory.insert(pid, number("VmRSS:").unwrap_or_default());
    }
    let mut sum = *memory.get(&pid)?;
    let mut pending = children.remove(&pid).unwrap_or_default();
    while let Some(pid) = pending.pop() {
        sum += memory.get(&pid).copied().unwrap_or_default();
        pending.extend(children.remove(&pid).unwrap_or_default());
    }
    Some(sum)
}
