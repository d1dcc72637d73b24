//! What a run leaves behind: outputs and a receipt.

use exai_runtime::Record;
use exai_server::{ApiError, ListRunOutputsParams, types};
use serde_json::{Map, Value};
use types::{JsonOutput, RunOutput, RunOutputValue, RunReceiptOutcome, RunStatus, TextOutput};

use super::walk::{Step, Walk};
use crate::Sandbox;
use crate::digest::sha256;
use crate::money::micros;
use crate::pages::page;
use crate::store::failed;
use crate::world::between;

impl Walk {
    /// What the nodes have given, in the order in which they finished.
    pub(super) fn outputs(&self) -> Vec<RunOutput> {
        let finished = self.finished.iter().filter_map(|id| self.place_of(id));
        let steps = finished.filter_map(|place| self.steps.get(place));
        steps.flat_map(|step| self.outputs_of(step)).collect()
    }

    /// What a node gives: a value for each name that the plan has for it, or the whole output
    /// without a name. A plan that names nothing names the nodes that no edge leaves.
    fn outputs_of(&self, step: &Step) -> Vec<RunOutput> {
        let node = &step.node;
        let output = node.output.clone().unwrap_or_default();
        let give = |name: Option<&String>, value: &Value| RunOutput {
            created_at: node.finished_at.unwrap_or(self.run.created_at),
            name: name.cloned(),
            node_id: node.id.clone(),
            node_key: node.key.clone(),
            value: typed(value),
        };
        if self.plan.outputs.is_empty() {
            let leads_on = self.plan.edges.iter().any(|edge| edge.source == node.key);
            return vec![give((!leads_on).then_some(&node.key), &output)];
        }
        let named = self.plan.outputs.iter();
        let named = named.filter(|(_, value)| value.node == node.key);
        let named = named.map(|(name, value)| {
            let pointer = value.pointer.as_deref().unwrap_or_default();
            give(Some(name), output.pointer(pointer).unwrap_or(&Value::Null))
        });
        let named: Vec<RunOutput> = named.collect();
        match named.is_empty() {
            true => vec![give(None, &output)],
            false => named,
        }
    }

    /// The run's outputs by name.
    pub(super) fn named_outputs(&self) -> Map<String, Value> {
        let outputs = self.outputs().into_iter();
        let named = outputs.filter_map(|output| Some((output.name?, untyped(output.value))));
        named.collect()
    }

    /// A page of the outputs.
    pub(super) fn list_outputs(
        &self,
        params: &ListRunOutputsParams,
    ) -> Result<types::RunOutputList, ApiError> {
        let outputs = self.outputs().into_iter().enumerate();
        let outputs = outputs.filter(|(_, output)| output.name.is_some() || !params.named);
        let outputs = outputs.map(|(place, output)| (format!("{place:09}"), output));
        let outputs: Vec<(String, RunOutput)> = outputs.collect();
        let (cursor, order) = (params.cursor.as_deref(), Some(types::Order::Asc));
        let (data, next_cursor) = page(outputs, |(place, _)| place, order, cursor, params.limit)?;
        let data = data.into_iter().map(|(_, output)| output).collect();
        Ok(types::RunOutputList { data, next_cursor })
    }

    fn receipt(self, kept: Record) -> types::RunReceipt {
        let outputs = self.named_outputs();
        let mut lines = self.lines;
        lines.sort_by_key(|line| std::cmp::Reverse(micros(&line.usage.cost)));
        let run = self.run;
        let ended = run.finished_at.unwrap_or(kept.issued_at);
        types::RunReceipt {
            id: kept.id,
            duration: between(run.started_at.unwrap_or(ended), ended),
            hash: kept.hash,
            input_digest: digest_of(&run.input),
            issued_at: kept.issued_at,
            lines,
            outcome: match run.status {
                RunStatus::Succeeded => RunReceiptOutcome::Succeeded,
                RunStatus::Cancelled => RunReceiptOutcome::Cancelled,
                _ => RunReceiptOutcome::Failed,
            },
            output_digest: (!outputs.is_empty()).then(|| digest_of(&outputs)),
            plan_id: run.plan_id,
            plan_revision: run.plan_revision,
            previous_hash: kept.previous_hash,
            run_id: run.id,
            usage: run.usage,
        }
    }
}

impl Sandbox {
    /// The receipt of a run that is over.
    pub(super) async fn receipt_of(
        &self,
        org: &str,
        walk: Walk,
    ) -> Result<types::RunReceipt, ApiError> {
        let missing = || ApiError::not_found(format!("the run {} is not over yet", walk.run.id));
        let id = walk.run.receipt.clone().ok_or_else(missing)?;
        let kept = self
            .kept
            .receipts
            .get(Some(org), &id)
            .await
            .map_err(failed)?;
        Ok(walk.receipt(kept.ok_or_else(ApiError::internal_error)?))
    }
}

fn typed(value: &Value) -> RunOutputValue {
    match value {
        Value::String(text) => RunOutputValue::Text(TextOutput {
            media_type: "text/plain".to_owned(),
            text: text.clone(),
        }),
        value => RunOutputValue::Json(JsonOutput {
            json: value.clone(),
        }),
    }
}

fn untyped(value: RunOutputValue) -> Value {
    match value {
        RunOutputValue::Text(output) => output.text.into(),
        RunOutputValue::Json(output) => output.json,
        RunOutputValue::File(_) | RunOutputValue::Unknown(_) => Value::Null,
    }
}

/// The digest of a value's JSON.
fn digest_of(value: &impl serde::Serialize) -> String {
    sha256(serde_json::to_vec(value).unwrap_or_default())
}
