//! What agents cost.

use exai_server::types::{AgentPricing, JsonValue, Money, RunReceiptLine, Usage};

use crate::money::{micros, money};

/// What an answer of a simulated agent has.
const OUTPUT_TOKENS: i64 = 256;

/// What an invocation with an input uses.
pub(crate) fn invocation(pricing: &AgentPricing, input: &JsonValue) -> Usage {
    // Four characters a token, as a rule of thumb.
    let input_tokens = i64::try_from(input.to_string().len() / 4 + 1).unwrap_or(i64::MAX);
    let tokens =
        |count: i64, per_million: &Money| i128::from(count) * micros(per_million) / 1_000_000;
    let cost = match pricing {
        AgentPricing::Invocation(price) => micros(&price.per_invocation),
        AgentPricing::Tokens(price) => {
            tokens(input_tokens, &price.input_per_million)
                + tokens(OUTPUT_TOKENS, &price.output_per_million)
        }
        AgentPricing::Unknown(_) => 0,
    };
    Usage {
        cost: money(cost),
        input_tokens,
        output_tokens: OUTPUT_TOKENS,
    }
}

/// Adds to what was used.
pub(crate) fn add(total: &mut Usage, more: &Usage) {
    total.cost = money(micros(&total.cost) + micros(&more.cost));
    total.input_tokens += more.input_tokens;
    total.output_tokens += more.output_tokens;
}

/// Adds a line to those of a receipt: one for each version of an agent.
pub(super) fn book(lines: &mut Vec<RunReceiptLine>, more: &RunReceiptLine) {
    let same =
        |line: &&mut RunReceiptLine| line.agent_id == more.agent_id && line.version == more.version;
    match lines.iter_mut().find(same) {
        Some(line) => {
            line.invocations += more.invocations;
            add(&mut line.usage, &more.usage);
        }
        None => lines.push(more.clone()),
    }
}
