//! What every area stands on: who calls, time, ids, addresses.

use std::sync::Arc;
use std::time::Duration;

use exai_runtime::webhooks::DeliveryStore;
use exai_runtime::webhooks::{Network, Sender};
use exai_runtime::{
    Caller, Draft, Embedded, IdempotencyStore, Outcome, RateLimitStore, Receipt, ReceiptStore,
    Resource, StoreError, Subject, Tokens, Unit,
};
use exai_server::runtime::{Detail, Location};
use exai_server::{ApiError, RequestContext, types};
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

use crate::OpenError;
use crate::audit::Deliverers;
use crate::events::Log;
use crate::jobs::{self, Looking};
use crate::runs::Walkers;
use crate::store::{Home, Keep, Store, failed};
use crate::tokens::{self, StartingTokens};
use crate::trouble::Trouble;

/// How a sandbox is to be.
#[derive(Clone)]
pub struct Settings {
    base_url: String,
    keep: Keep,
    speed: f64,
    webhooks: Network,
    trouble: Trouble,
    unlimited: bool,
    rate_limits: Option<Arc<dyn RateLimitStore>>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("base_url", &self.base_url)
            .field("keep", &self.keep)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// State in memory, work at its usual speed. `base_url` is what clients call, `/v1` included.
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            keep: Keep::Memory,
            speed: 1.0,
            webhooks: Network::Public,
            trouble: Trouble::default(),
            unlimited: false,
            rate_limits: None,
        }
    }

    /// Counts requests elsewhere than in memory: where all nodes do.
    #[must_use]
    pub fn rate_limits(self, store: Arc<dyn RateLimitStore>) -> Self {
        let rate_limits = Some(store);
        Self {
            rate_limits,
            ..self
        }
    }

    /// Keeps state elsewhere.
    #[must_use]
    pub fn keep(self, keep: Keep) -> Self {
        Self { keep, ..self }
    }

    /// Does simulated work so many times faster.
    #[must_use]
    pub fn speed(self, speed: f64) -> Self {
        Self { speed, ..self }
    }

    /// Takes requests at any rate: for a test of something else.
    #[must_use]
    pub fn unlimited(self, unlimited: bool) -> Self {
        Self { unlimited, ..self }
    }

    /// Delays and refuses requests.
    #[must_use]
    pub fn trouble(self, trouble: Trouble) -> Self {
        Self { trouble, ..self }
    }

    /// Sends webhooks elsewhere than to public addresses too.
    #[must_use]
    pub fn webhooks(self, webhooks: Network) -> Self {
        Self { webhooks, ..self }
    }
}

/// Where the layers keep what they keep: with the records of the API.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) receipts: Arc<dyn ReceiptStore>,
    pub(crate) keys: Arc<dyn IdempotencyStore>,
    pub(crate) deliveries: Arc<dyn DeliveryStore>,
    unit: Arc<dyn Fn() -> Unit + Send + Sync>,
}

impl Kept {
    fn of(home: &Home) -> Result<Self, StoreError> {
        Ok(match home {
            Home::File(database) => {
                let file = Embedded::share(database.clone())?;
                let kept = Arc::new(file.clone());
                Self {
                    receipts: kept.clone(),
                    keys: kept.clone(),
                    deliveries: kept,
                    unit: Arc::new(move || file.unit()),
                }
            }
            Home::Postgres(postgres) => {
                let (kept, postgres) = (Arc::new(postgres.clone()), postgres.clone());
                Self {
                    receipts: kept.clone(),
                    keys: kept.clone(),
                    deliveries: kept,
                    unit: Arc::new(move || postgres.unit()),
                }
            }
        })
    }

    /// A unit of work.
    pub(crate) fn unit(&self) -> Unit {
        (self.unit)()
    }
}

/// The state of a sandbox.
pub struct World {
    pub(crate) store: Store,
    pub(crate) log: Arc<Log>,
    pub(crate) kept: Kept,
    pub(crate) rate_limits: Option<Arc<dyn RateLimitStore>>,
    pub(crate) tokens: StartingTokens,
    pub(crate) known: Arc<Tokens>,
    /// Those who walk the runs.
    pub(crate) walkers: Walkers,
    /// Who looks what work is left to do.
    pub(crate) looking: Looking,
    /// Those who deliver the audit log.
    pub(crate) deliverers: Deliverers,
    /// Who sends webhooks.
    pub(crate) webhooks: Sender,
    base_url: String,
    speed: f64,
    pub(crate) trouble: Trouble,
    pub(crate) unlimited: bool,
}

impl World {
    pub(crate) fn open(settings: Settings) -> Result<Self, OpenError> {
        let store = Store::open(&settings.keep)?;
        let (tokens, known) = tokens::starting(&store)?;
        let kept = Kept::of(store.home())?;
        let speed = settings.speed.max(0.001);
        let webhooks = crate::webhooks::sender(&store, &kept.deliveries, settings.webhooks, speed)?;
        Ok(Self {
            log: Arc::new(Log::new(store.clone())),
            kept,
            store,
            tokens,
            known: Arc::new(known),
            walkers: Walkers::default(),
            looking: Looking::default(),
            deliverers: Deliverers::default(),
            webhooks,
            base_url: settings.base_url,
            speed,
            trouble: settings.trouble,
            unlimited: settings.unlimited,
            rate_limits: settings.rate_limits,
        })
    }

    /// `https://host/v1/runs/run_...` of `/runs/run_...`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// Does work whose writes are committed as a whole. It is done again where what it has read
    /// has changed meanwhile; within a request it is committed with that. A 500 where the store has
    /// failed, or the work is another node's now.
    pub(crate) async fn atomically<T, F>(&self, mut work: impl FnMut() -> F) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        if Unit::current().is_some() {
            return work().await;
        }
        loop {
            let unit = self.kept.unit();
            jobs::fence(&unit);
            let done = unit.run(work()).await?;
            match unit.commit().await {
                Ok(()) => return Ok(done),
                Err(error) if error.is_overtaken() && !jobs::is_lost() => {}
                Err(error) => return Err(failed(error)),
            }
        }
    }

    /// Waits as long as work of so many milliseconds takes.
    pub(crate) async fn work(&self, millis: u64) {
        tokio::time::sleep(self.pace(Duration::from_millis(millis))).await;
    }

    /// How long work takes here that usually takes so long.
    pub(crate) fn pace(&self, usual: Duration) -> Duration {
        pace(usual, self.speed)
    }

    /// A receipt for what the server itself has done: a run that is over.
    pub(crate) async fn receipt(
        &self,
        org: &str,
        subject: Subject,
        outcome: Outcome,
    ) -> Result<String, ApiError> {
        let now = now();
        let run_id = match &subject {
            Subject::Run { run_id, .. } => Some(run_id.clone()),
            _ => None,
        };
        let draft = Draft {
            org: Some(org.to_owned()),
            id: Draft::new_id(now),
            subject,
            actor: None,
            outcome,
            run_id,
            event_id: None,
            issued_at: now,
        };
        let id = draft.id.clone();
        let left = match Unit::current() {
            Some(unit) => self.kept.receipts.join(draft, &unit),
            None => Some(draft),
        };
        if let Some(draft) = left {
            self.kept.receipts.append(draft).await.map_err(failed)?;
        }
        Ok(id)
    }

    /// A receipt for background work on a resource of this kind that has succeeded.
    pub(crate) async fn job_receipt(
        &self,
        org: &str,
        kind: &str,
        id: &str,
    ) -> Result<String, ApiError> {
        self.ended_receipt(org, kind, id, Outcome::Succeeded).await
    }

    /// A receipt for background work on a resource of this kind that is over.
    pub(crate) async fn ended_receipt(
        &self,
        org: &str,
        kind: &str,
        id: &str,
        outcome: Outcome,
    ) -> Result<String, ApiError> {
        let resource = Resource {
            kind: kind.to_owned(),
            id: id.to_owned(),
            name: None,
        };
        let subject = Subject::Job { resource };
        self.receipt(org, subject, outcome).await
    }
}

/// How long something takes that is done so many times faster.
pub(crate) fn pace(usual: Duration, speed: f64) -> Duration {
    Duration::try_from_secs_f64(usual.as_secs_f64() / speed).unwrap_or(Duration::MAX)
}

/// Now, to the millisecond: what the wire has.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// The time since a moment: `PT2S`. RFC 3339 appendix A has no parts of a second; one that has
/// begun counts.
pub(crate) fn since(moment: Timestamp) -> String {
    between(moment, now())
}

/// The time from a moment to a later one, as [`since`] gives it.
pub(crate) fn between(from: Timestamp, until: Timestamp) -> String {
    let millis = until.duration_since(from).as_millis().max(0);
    format!("PT{}S", (millis + 999) / 1000)
}

/// An ISO 8601 duration whose days are 24 hours; `None` where months or years make it vague.
pub(crate) fn duration(text: &str) -> Option<SignedDuration> {
    let span: Span = text.parse().ok()?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()
}

/// The duration that a part of the body is; 422 for one that [`duration`] does not take.
pub(crate) fn lasting(pointer: &str, text: &str) -> Result<SignedDuration, ApiError> {
    let message = "it is no duration of days, hours, minutes, seconds";
    duration(text).ok_or_else(|| refused(pointer, "format", message))
}

/// When what lasts from now on ends; 422 as [`lasting`], and for what time has no words for.
pub(crate) fn ending(pointer: &str, text: &str, from: Timestamp) -> Result<Timestamp, ApiError> {
    let end = from.checked_add(lasting(pointer, text)?);
    end.map_err(|_| refused(pointer, "maximum", "it is too long"))
}

/// A new id: `run_01JB8Z6Q4M2N7T5V9X1C3E5G7H`.
pub(crate) fn id(prefix: &str) -> String {
    exai_runtime::new_id(&format!("{prefix}_"), Timestamp::now())
}

/// Who calls. Every operation asks for a token, so that the layers have left a caller.
pub(crate) fn caller(cx: &RequestContext) -> Result<&Caller, ApiError> {
    cx.extension().ok_or_else(ApiError::internal_error)
}

/// The caller as resources name it.
pub(crate) fn actor(caller: &Caller) -> Result<types::Actor, ApiError> {
    let value = serde_json::to_value(&caller.actor).map_err(failed)?;
    serde_json::from_value(value).map_err(failed)
}

/// The receipt that the response will carry.
pub(crate) fn receipt_id(cx: &RequestContext) -> Result<&str, ApiError> {
    let receipt: &Receipt = cx.extension().ok_or_else(ApiError::internal_error)?;
    Ok(receipt.id())
}

/// 422: valid by its schema, refused for what a part of the body means.
pub(crate) fn refused(pointer: &str, rule: &str, message: impl Into<String>) -> ApiError {
    let message = message.into();
    let detail = Detail {
        location: Location::Body,
        pointer: pointer.to_owned(),
        rule: rule.to_owned(),
        message: message.clone(),
    };
    ApiError::validation_failed(message, vec![detail])
}
