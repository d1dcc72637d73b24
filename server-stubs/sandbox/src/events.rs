//! Streams: events of a subject, numbered from 1 and kept, that clients follow from anywhere on.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use exai_runtime::{StoreError, Unit};
use exai_server::runtime::Location;
use exai_server::{ApiError, Event, Events, RequestContext};
use futures::{StreamExt, stream};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::watch;

use crate::store::{Pending, Store, failed};

/// How many events are read at once.
const BATCH: usize = 64;

/// What nodes tell each other of a subject that has more.
pub(crate) const EVENTS_OF: &str = "events:";

/// The events of every subject. A subject is an id: `run_...`.
pub(crate) struct Log {
    store: Store,
    /// The subjects that someone follows.
    waiting: Mutex<HashMap<String, watch::Sender<()>>>,
}

impl Log {
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            waiting: Mutex::default(),
        }
    }

    /// Adds an event, which is made of its number.
    pub(crate) fn append<T: Serialize>(
        self: &Arc<Self>,
        subject: &str,
        make: impl FnOnce(u64) -> T,
    ) -> Result<u64, ApiError> {
        self.extend(subject, [make])
    }

    /// Adds events, each of which is made of its number, all of them or none. Gives the number of
    /// the last.
    pub(crate) fn extend<T: Serialize, F: FnOnce(u64) -> T>(
        self: &Arc<Self>,
        subject: &str,
        events: impl IntoIterator<Item = F>,
    ) -> Result<u64, ApiError> {
        let number = match Pending::current(self.store.home()) {
            Some(pending) => self.extend_pending(&pending, subject, events)?,
            None => {
                let json = |make: F| {
                    move |number| serde_json::to_vec(&make(number)).map_err(StoreError::new)
                };
                self.store.extend(subject, events.into_iter().map(json))?
            }
        };
        self.wake_followers(subject);
        Ok(number)
    }

    fn extend_pending<T: Serialize, F: FnOnce(u64) -> T>(
        &self,
        pending: &Pending,
        subject: &str,
        events: impl IntoIterator<Item = F>,
    ) -> Result<u64, ApiError> {
        let mut number = pending.last_event(subject, || self.kept(subject))?;
        for make in events {
            number += 1;
            pending.add_event(subject, serde_json::to_vec(&make(number)).map_err(failed)?);
        }
        Ok(number)
    }

    /// Tells those who follow a subject that there is more, once it is kept.
    pub(crate) fn wake_followers(self: &Arc<Self>, subject: &str) {
        self.store.tell(format!("{EVENTS_OF}{subject}"));
        let (log, subject) = (self.clone(), subject.to_owned());
        Unit::after(move || log.wake_own(&subject));
    }

    /// Tells those who follow a subject on this node that there is more.
    pub(crate) fn wake_own(&self, subject: &str) {
        if let Some(sender) = self.waiting().get(subject) {
            sender.send_replace(());
        }
    }

    /// Lets everybody who follows something on this node look.
    pub(crate) fn wake_all(&self) {
        for sender in self.waiting().values() {
            sender.send_replace(());
        }
    }

    /// The events behind the one that the client has, and those to come, until one `ends` it. The
    /// id of an event is its number, its name the value of its `type`.
    pub(crate) fn follow<T>(
        self: &Arc<Self>,
        cx: &RequestContext,
        subject: &str,
        ends: fn(&T) -> bool,
    ) -> Result<Events<T>, ApiError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        self.follow_after(cx, subject, 0, ends)
    }

    /// As [`Log::follow`], but a client that has no event yet gets those after this one alone.
    pub(crate) fn follow_after<T>(
        self: &Arc<Self>,
        cx: &RequestContext,
        subject: &str,
        after: u64,
        ends: fn(&T) -> bool,
    ) -> Result<Events<T>, ApiError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        let mut following = self.following(subject, self.resumed(cx, subject)?.unwrap_or(after));
        // The end of what was before is not the end of what goes on since.
        following.floor = after;
        Ok(Events::new(stream::unfold(
            following,
            move |mut state| async move {
                let event = state.next(ends).await?;
                Some((event, state))
            },
        )))
    }

    /// The events to come, and those since the one that the client has, of those that it asks for.
    pub(crate) fn tail<T>(
        self: &Arc<Self>,
        cx: &RequestContext,
        subject: &str,
        asked: impl Fn(&T) -> bool + Send + Sync + 'static,
    ) -> Result<Events<T>, ApiError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        let after = match self.resumed(cx, subject)? {
            Some(after) => after,
            None => self.kept(subject)?,
        };
        let following = self.following(subject, after);
        let all = stream::unfold(following, |mut state| async move {
            let event = state.next(|_: &T| false).await?;
            Some((event, state))
        });
        let kept = all.filter(move |event| std::future::ready(asked(&event.data)));
        Ok(Events::new(kept))
    }

    /// Ends every stream: what they follow is gone.
    pub(crate) fn end_all(&self) {
        self.waiting().clear();
    }

    /// The number of the last event that the client has.
    fn resumed(&self, cx: &RequestContext, subject: &str) -> Result<Option<u64>, ApiError> {
        let Some(id) = cx.last_event_id() else {
            return Ok(None);
        };
        let number = id.parse().map_err(|_| unknown_id())?;
        match number <= self.kept(subject)? {
            true => Ok(Some(number)),
            false => Err(unknown_id()),
        }
    }

    fn following(self: &Arc<Self>, subject: &str, after: u64) -> Following {
        Following {
            log: self.clone(),
            wake: self.wake(subject),
            subject: subject.to_owned(),
            after,
            floor: 0,
            ready: VecDeque::new(),
            ended: false,
        }
    }

    fn after(
        &self,
        subject: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Value)>, ApiError> {
        let found = self.store.home().events(subject, after, limit);
        let found = found.map_err(failed)?;
        found
            .into_iter()
            .map(|(number, json)| Ok((number, serde_json::from_slice(&json).map_err(failed)?)))
            .collect()
    }

    fn last(&self, subject: &str) -> Result<Option<(u64, Value)>, ApiError> {
        let found = self.store.home().last_event(subject).map_err(failed)?;
        found
            .map(|(number, json)| Ok((number, serde_json::from_slice(&json).map_err(failed)?)))
            .transpose()
    }

    /// How many events a subject has, those that this unit adds included.
    pub(crate) fn count(&self, subject: &str) -> Result<u64, ApiError> {
        match Pending::current(self.store.home()) {
            Some(pending) => pending.last_event(subject, || self.kept(subject)),
            None => self.kept(subject),
        }
    }

    fn kept(&self, subject: &str) -> Result<u64, ApiError> {
        Ok(self.last(subject)?.map_or(0, |(number, _)| number))
    }

    /// Wakes up whenever there is more of a subject.
    pub(crate) fn wake(&self, subject: &str) -> watch::Receiver<()> {
        let mut waiting = self.waiting();
        waiting.retain(|_, sender| !sender.is_closed());
        waiting
            .entry(subject.to_owned())
            .or_insert_with(|| watch::channel(()).0)
            .subscribe()
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<String, watch::Sender<()>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unknown_id() -> ApiError {
    let detail = exai_server::runtime::Detail {
        location: Location::Header,
        pointer: "/Last-Event-ID".to_owned(),
        rule: "pattern".to_owned(),
        message: "no event of this stream has such an id".to_owned(),
    };
    ApiError::invalid_request("the stream cannot be resumed", vec![detail])
}

/// A client that follows.
struct Following {
    log: Arc<Log>,
    wake: watch::Receiver<()>,
    subject: String,
    after: u64,
    /// An event up to here does not end it.
    floor: u64,
    ready: VecDeque<(u64, Value)>,
    ended: bool,
}

impl Following {
    /// The next event, when there is one; `None` at the end, and where the store fails.
    async fn next<T: DeserializeOwned>(&mut self, ends: fn(&T) -> bool) -> Option<Event<T>> {
        while self.ready.is_empty() {
            if self.ended {
                return None;
            }
            // What is added from here on wakes this up again.
            self.wake.mark_unchanged();
            self.ready
                .extend(self.log.after(&self.subject, self.after, BATCH).ok()?);
            if !self.ready.is_empty() {
                break;
            }
            // One that was added since is told first.
            if let Some((number, last)) = self.log.last(&self.subject).ok()?
                && number == self.after
                && number > self.floor
                && ends(&serde_json::from_value(last).ok()?)
            {
                return None;
            }
            self.wake.changed().await.ok()?;
        }
        let (number, json) = self.ready.pop_front()?;
        self.after = number;
        let name = json.get("type").and_then(Value::as_str).map(str::to_owned);
        let data: T = serde_json::from_value(json).ok()?;
        // An event that ends a stream may be followed by others: a run that failed is retried.
        self.ended = ends(&data) && self.log.last(&self.subject).ok()??.0 == number;
        let event = Event::new(data).id(number.to_string());
        Some(match name {
            Some(name) => event.event(name),
            None => event,
        })
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;
    use crate::store::Keep;

    #[test]
    fn a_follower_gets_the_end_that_comes_while_it_looks() {
        let store = Store::open(&Keep::Memory).expect("a store");
        let log = Arc::new(Log::new(store));
        for turn in 0..100 {
            let subject = format!("run_{turn}");
            let (adds, to) = (log.clone(), subject.clone());
            let adding = std::thread::spawn(move || adds.extend(&to, [|number| number]));
            // One after another looks, so that one of them does while the event comes.
            let found = loop {
                let mut following = log.following(&subject, 0);
                let looked = following.next(|number: &u64| *number == 1).now_or_never();
                if let Some(found) = looked {
                    break found;
                }
            };
            assert_eq!(found.map(|event| event.data), Some(1), "in turn {turn}");
            adding.join().expect("no panic").expect("it is kept");
        }
    }
}
