//! What registries take for a version and for a licence, made of what documents say.

use super::Target;

/// The version of a document as the target's registry takes it: semantic for npm, crates.io and
/// Go (semver.org, section 2), PEP 440 for PyPI. `v1.0.0-beta+3 (draft)` is `1.0.0-beta`, and
/// `1.0.0b0` for Python; a day is `2024.1.31`. What holds no version is `0.1.0`.
pub(crate) fn version(target: Target, text: &str) -> String {
    let text = text.trim().trim_start_matches(['v', 'V']);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (release, rest) = text.split_at(end.unwrap_or(text.len()));
    let day = day(text);
    let parts: Vec<&str> = match &day {
        Some(parts) => parts.to_vec(),
        None => release.split('.').filter(|part| !part.is_empty()).collect(),
    };
    // Registries count in 32 or 64 bits.
    let numbers: Option<Vec<u32>> = parts.iter().map(|part| part.parse().ok()).collect();
    let Some(mut numbers) = numbers.filter(|numbers| !numbers.is_empty()) else {
        return "0.1.0".to_owned();
    };
    numbers.resize(3, 0);
    let [major, minor, patch] = [numbers[0], numbers[1], numbers[2]];
    let before = match day {
        Some(_) => None,
        None => rest.strip_prefix('-').or_else(|| rest.strip_prefix('.')),
    };
    let before = before.and_then(|rest| prerelease(target, rest));
    format!("{major}.{minor}.{patch}{}", before.unwrap_or_default())
}

/// The parts of `2024-01-31`.
fn day(text: &str) -> Option<[&str; 3]> {
    let parts: Vec<&str> = text.get(..10)?.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return None;
    };
    let digits =
        |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    let is_day = digits(year, 4) && digits(month, 2) && digits(day, 2);
    is_day.then_some([year, month, day])
}

/// What stands behind the hyphen, up to what no registry takes.
fn prerelease(target: Target, rest: &str) -> Option<String> {
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-'));
    let said = rest[..end.unwrap_or(rest.len())].to_ascii_lowercase();
    let words: Vec<&str> = said
        .split(['.', '-'])
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        return None;
    }
    if target != Target::Python {
        let numbered = |word: &str| match word.trim_start_matches('0') {
            _ if word.bytes().any(|b| !b.is_ascii_digit()) => word.to_owned(),
            "" => "0".to_owned(),
            number => number.to_owned(),
        };
        let words: Vec<String> = words.into_iter().map(numbered).collect();
        return Some(format!("-{}", words.join(".")));
    }
    let joined = words.concat();
    let letters = joined
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(joined.len());
    let (phase, number) = joined.split_at(letters);
    let number: u32 = number
        .split(|c: char| !c.is_ascii_digit())
        .find_map(|digits| digits.parse().ok())
        .unwrap_or(0);
    Some(match phase {
        "a" | "alpha" => format!("a{number}"),
        "b" | "beta" => format!("b{number}"),
        "c" | "rc" | "pre" | "preview" => format!("rc{number}"),
        _ => format!(".dev{number}"),
    })
}

/// The SPDX identifier of a licence by its identifier or by one of its usual names; `None` for
/// others, which npm, PyPI and crates.io have no field for.
pub(crate) fn license(text: &str) -> Option<&'static str> {
    let plain: String = text
        .to_ascii_lowercase()
        .replace("license", "")
        .replace("licence", "")
        .replace("version", "")
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let plain = plain.strip_prefix("the").unwrap_or(&plain);
    Some(match plain {
        "mit" => "MIT",
        "apache2" | "apache20" | "apachev2" | "apachev20" => "Apache-2.0",
        "mitorapache20" | "apache20ormit" => "MIT OR Apache-2.0",
        "bsd2clause" | "2clausebsd" => "BSD-2-Clause",
        "bsd3clause" | "3clausebsd" => "BSD-3-Clause",
        "0bsd" => "0BSD",
        "isc" => "ISC",
        "mpl20" => "MPL-2.0",
        "unlicense" | "un" => "Unlicense",
        "cc010" | "cc0" => "CC0-1.0",
        "ccby40" => "CC-BY-4.0",
        "gpl20only" => "GPL-2.0-only",
        "gpl20orlater" => "GPL-2.0-or-later",
        "gpl30only" => "GPL-3.0-only",
        "gpl30orlater" => "GPL-3.0-or-later",
        "lgpl30only" => "LGPL-3.0-only",
        "lgpl30orlater" => "LGPL-3.0-or-later",
        "agpl30only" => "AGPL-3.0-only",
        "agpl30orlater" => "AGPL-3.0-or-later",
        "eupl12" => "EUPL-1.2",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_what_registries_take() {
        for (said, semantic, python) in [
            ("1.4.0", "1.4.0", "1.4.0"),
            ("v1.0.0-beta+3 (draft)", "1.0.0-beta", "1.0.0b0"),
            ("2", "2.0.0", "2.0.0"),
            ("V2.1", "2.1.0", "2.1.0"),
            ("1.2.3.4", "1.2.3", "1.2.3"),
            ("01.002.3-rc.01", "1.2.3-rc.1", "1.2.3rc1"),
            ("1.0.0-SNAPSHOT", "1.0.0-snapshot", "1.0.0.dev0"),
            ("2024-01-31", "2024.1.31", "2024.1.31"),
            ("2024-01-31.preview", "2024.1.31", "2024.1.31"),
            ("1.0-oas3", "1.0.0-oas3", "1.0.0.dev3"),
            ("1.0.0 (draft)", "1.0.0", "1.0.0"),
            ("99999999999999999999.1", "0.1.0", "0.1.0"),
            ("latest", "0.1.0", "0.1.0"),
            ("", "0.1.0", "0.1.0"),
            ("\"; x", "0.1.0", "0.1.0"),
        ] {
            assert_eq!(version(Target::Typescript, said), semantic, "{said}");
            assert_eq!(version(Target::Python, said), python, "{said}");
        }
    }

    #[test]
    fn licences_are_known_by_their_usual_names() {
        assert_eq!(license("Apache 2.0"), Some("Apache-2.0"));
        assert_eq!(license("Apache License, Version 2.0"), Some("Apache-2.0"));
        assert_eq!(license("The MIT License"), Some("MIT"));
        assert_eq!(license("BSD-3-Clause"), Some("BSD-3-Clause"));
        assert_eq!(license("Ours; \"see\" the site"), None);
    }
}
