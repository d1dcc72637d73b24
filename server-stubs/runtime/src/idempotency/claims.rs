//! Who runs now, in this process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::{Claim, Fingerprint, Lease, Slot};
use crate::StoreError;

/// The leases of this process. They need not outlive it: when it ends nothing runs any more.
#[derive(Debug, Default)]
pub(crate) struct Claims(Mutex<Running>);

#[derive(Debug, Default)]
struct Running {
    by_slot: HashMap<Slot, Run>,
    leases: u64,
}

#[derive(Debug)]
struct Run {
    fingerprint: Fingerprint,
    number: u64,
    /// Those that wait hear of its end by this being dropped; nobody waits for most.
    end: Option<watch::Sender<()>>,
}

/// A try to get a lease.
enum Try {
    Mine(Lease),
    Same(watch::Receiver<()>),
    Other,
}

impl Claims {
    /// Claims a slot that nothing is kept for, as far as `find` can see. A request that is running
    /// already is waited for; its answer is then found, or else this one runs. `find` is told the
    /// number of the lease that looks.
    pub(crate) async fn claim<F>(
        &self,
        slot: &Slot,
        fingerprint: Fingerprint,
        find: impl Fn(u64) -> F,
    ) -> Result<Claim, StoreError>
    where
        F: Future<Output = Result<Option<Claim>, StoreError>>,
    {
        loop {
            let lease = match self.lease(slot, fingerprint) {
                Try::Mine(lease) => lease,
                Try::Other => return Ok(Claim::Taken),
                Try::Same(mut end) => {
                    while end.changed().await.is_ok() {}
                    continue;
                }
            };
            // Whoever looks has the lease: nobody can keep an answer meanwhile.
            let number = lease.number;
            let hold = Hold(self, Some(lease));
            return Ok(match find(number).await? {
                Some(claim) => claim,
                None => hold.keep().map_or(Claim::Taken, Claim::Run),
            });
        }
    }

    /// Ends a lease, and says whether it had not ended yet.
    pub(crate) fn release(&self, lease: &Lease) -> bool {
        let mut running = self.running();
        let by_slot = &mut running.by_slot;
        let held = by_slot
            .get(&lease.slot)
            .is_some_and(|run| run.number == lease.number);
        if held {
            by_slot.remove(&lease.slot);
        }
        held
    }

    /// The numbers of the leases that have not ended, and the last that was given out.
    #[cfg(feature = "postgres")]
    pub(crate) fn numbers(&self) -> (Vec<i64>, i64) {
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let running = self.running();
        let numbers = running.by_slot.values().map(|run| whole(run.number));
        (numbers.collect(), whole(running.leases))
    }

    fn lease(&self, slot: &Slot, fingerprint: Fingerprint) -> Try {
        let mut running = self.running();
        if let Some(run) = running.by_slot.get_mut(slot) {
            return if run.fingerprint == fingerprint {
                let end = run.end.get_or_insert_with(|| watch::Sender::new(()));
                Try::Same(end.subscribe())
            } else {
                Try::Other
            };
        }
        running.leases += 1;
        let number = running.leases;
        let run = Run {
            fingerprint,
            number,
            end: None,
        };
        running.by_slot.insert(slot.clone(), run);
        Try::Mine(Lease {
            slot: slot.clone(),
            fingerprint,
            number,
        })
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lease that is released unless it is kept.
struct Hold<'a>(&'a Claims, Option<Lease>);

impl Hold<'_> {
    fn keep(mut self) -> Option<Lease> {
        self.1.take()
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        if let Some(lease) = &self.1 {
            self.0.release(lease);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_late_release_does_not_end_another_lease() {
        let claims = Claims::default();
        let slot = Slot {
            org: "org_1".to_owned(),
            key: "k".to_owned(),
        };
        let claim = async |fingerprint| {
            let claim = claims.claim(&slot, Fingerprint([fingerprint; 32]), async |_| Ok(None));
            claim.await.unwrap()
        };
        let Claim::Run(first) = claim(1).await else {
            panic!("it is free")
        };
        claims.release(&first);
        assert!(matches!(claim(2).await, Claim::Run(_)));
        claims.release(&first);
        assert!(matches!(claim(3).await, Claim::Taken));
    }
}
