//! What agents cost, in millionths of the currency: amounts on the wire have six places at most.

use exai_server::types::{AgentPricing, JsonValue, Money, RunReceiptLine, Usage};

/// The currency in which everything is charged here.
pub(super) const CURRENCY: &str = "USD";

/// What an answer of a simulated agent has.
const OUTPUT_TOKENS: i64 = 256;

/// Nothing was used.
pub(super) fn free() -> Usage {
    Usage {
        cost: money(0),
        input_tokens: 0,
        output_tokens: 0,
    }
}

/// Millionths of an amount.
pub(super) fn micros(money: &Money) -> i128 {
    let (sign, digits) = match money.amount.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, money.amount.as_str()),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let number = |digits: &str| digits.parse::<i128>().unwrap_or(0);
    sign * (number(whole) * 1_000_000 + number(&format!("{part:0<6.6}")))
}

/// An amount of so many millionths, with two places at least.
pub(super) fn money(micros: i128) -> Money {
    let sign = if micros < 0 { "-" } else { "" };
    let (whole, part) = (micros.abs() / 1_000_000, micros.abs() % 1_000_000);
    let part = format!("{part:06}");
    let (cents, rest) = part.split_at(2);
    Money {
        amount: format!("{sign}{whole}.{cents}{}", rest.trim_end_matches('0')),
        currency: CURRENCY.to_owned(),
    }
}

/// What an invocation with an input uses.
pub(super) fn invocation(pricing: &AgentPricing, input: &JsonValue) -> Usage {
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
pub(super) fn add(total: &mut Usage, more: &Usage) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, number) in [
            ("12.50", 12_500_000),
            ("0.02", 20_000),
            ("0.000001", 1),
            ("-3.10", -3_100_000),
            ("999999999999999.999999", 999_999_999_999_999_999_999),
        ] {
            let amount = Money {
                amount: text.to_owned(),
                currency: CURRENCY.to_owned(),
            };
            assert_eq!(micros(&amount), number);
            assert_eq!(money(number).amount, text);
        }
    }
}
