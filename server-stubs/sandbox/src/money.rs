//! Amounts of money, in millionths of the currency: those on the wire have six places at most.

use exai_server::types::{Money, Usage};

/// The currency in which everything is charged here.
pub(crate) const CURRENCY: &str = "USD";

/// Nothing was used.
pub(crate) fn free() -> Usage {
    Usage {
        cost: money(0),
        input_tokens: 0,
        output_tokens: 0,
    }
}

/// Millionths of an amount.
pub(crate) fn micros(money: &Money) -> i128 {
    let (sign, digits) = match money.amount.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, money.amount.as_str()),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let number = |digits: &str| digits.parse::<i128>().unwrap_or(0);
    sign * (number(whole) * 1_000_000 + number(&format!("{part:0<6.6}")))
}

/// An amount of so many millionths, with two places at least.
pub(crate) fn money(micros: i128) -> Money {
    let sign = if micros < 0 { "-" } else { "" };
    let (whole, part) = (micros.abs() / 1_000_000, micros.abs() % 1_000_000);
    let part = format!("{part:06}");
    let (cents, rest) = part.split_at(2);
    Money {
        amount: format!("{sign}{whole}.{cents}{}", rest.trim_end_matches('0')),
        currency: CURRENCY.to_owned(),
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
