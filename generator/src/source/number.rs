//! The numbers of YAML and JSON, as text.

/// Whether `text` is a number as JSON writes it (RFC 8259, section 6).
pub(super) fn is_json_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || (digits > 1 && unsigned.starts_with('0')) {
        return false;
    }
    let mut rest = &unsigned[digits..];
    if let Some(fraction) = rest.strip_prefix('.') {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return false;
        }
        rest = &fraction[digits..];
    }
    match rest.strip_prefix(['e', 'E']) {
        None => rest.is_empty(),
        Some(exponent) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        }
    }
}

/// A number of YAML's core schema as JSON writes it: `0x1F` is `31`, `+1` is `1`, `.5` is
/// `0.5`, `007` is `7`. What JSON could write stays as it is, `1.10` included.
pub(super) fn yaml_number(text: &str) -> Option<String> {
    if is_json_number(text) {
        return Some(text.to_owned());
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return u128::from_str_radix(digits, 16)
            .ok()
            .filter(|_| !digits.starts_with('+'))
            .map(|n| n.to_string());
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return u128::from_str_radix(digits, 8)
            .ok()
            .filter(|_| !digits.starts_with('+'))
            .map(|n| n.to_string());
    }
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => unsigned.split_at(at),
        None => (unsigned, ""),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = whole.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    let number = format!("{sign}{whole}{point}{fraction}{exponent}");
    is_json_number(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_out_as_json_writes_them() {
        let cases = [
            ("0", "0"),
            ("-0", "-0"),
            ("12", "12"),
            ("1.10", "1.10"),
            ("1e3", "1e3"),
            ("1E-3", "1E-3"),
            ("0x1F", "31"),
            ("0o17", "15"),
            ("+1", "1"),
            (".5", "0.5"),
            ("5.", "5"),
            ("007", "7"),
            ("-.5e+2", "-0.5e+2"),
            ("00", "0"),
            ("9223372036854776000", "9223372036854776000"),
        ];
        for (text, expected) in cases {
            assert_eq!(yaml_number(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_number_is_none() {
        for text in [
            "",
            ".",
            "-",
            "+",
            "1.2.3",
            "2020-01-01",
            "1e",
            "0x",
            "0xG",
            "0x+1",
            "0b1",
            "1_000",
            "12:30",
            "--1",
            "+-1",
            "e3",
            "1e3.5",
        ] {
            assert_eq!(yaml_number(text), None, "{text}");
        }
    }
}
