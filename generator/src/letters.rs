//! The letters and digits that names are made of: those that every language takes in an identifier.

use std::borrow::Cow;

use unicode_ident::{is_xid_continue, is_xid_start};
use unicode_normalization::UnicodeNormalization as _;

/// What UAX 31 lets an identifier begin with though it is no letter (`Other_ID_Start`): Go asks for
/// a letter.
const NO_LETTERS: [char; 4] = ['\u{1885}', '\u{1886}', '\u{2118}', '\u{212e}'];

/// Whether an identifier may begin with it: `XID_Start` of UAX 31, which Rust, Python and TypeScript
/// ask for, and a letter by its category, which Go does (its specification, "Letters and digits").
pub(crate) fn is_letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    is_xid_start(c) && !c.is_numeric() && !NO_LETTERS.contains(&c)
}

/// Whether an identifier may go on with it: a letter, or a decimal digit.
pub(crate) fn is_letter_or_digit(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    // `Other_ID_Continue` has digits that are not decimal.
    let is_digit = || {
        c.is_numeric()
            && is_xid_continue(c)
            && !is_xid_start(c)
            && !matches!(c, '\u{1369}'..='\u{1371}' | '\u{19da}')
    };
    is_letter(c) || is_digit()
}

/// The text as identifiers are read: Python's in NFKC, Rust's in NFC. Two that are the same there
/// are the same name.
pub(crate) fn as_read(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfkc().collect())
}

/// Whether a text is lines of printable ASCII, as most are: nothing in it is hidden.
pub(crate) fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'\n' | b' '..=b'~'))
}

/// The capital of a letter; the letter itself where its capital is several characters and one of
/// them no letter.
pub(crate) fn capital(letter: char) -> impl Iterator<Item = char> {
    let is_capital = letter.to_uppercase().all(is_letter);
    let capital = is_capital.then(|| letter.to_uppercase());
    let own = (!is_capital).then_some(letter);
    capital.into_iter().flatten().chain(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_those_of_every_language() {
        for c in ['a', 'É', '日', 'ß', 'ひ', 'ʼ'] {
            assert!(is_letter(c) && is_letter_or_digit(c), "{c:?}");
        }
        assert!(!is_letter('٣') && is_letter_or_digit('٣'));
        // A mark, a circled letter, a Roman number, a fraction, a symbol, an Ethiopic digit.
        for c in ['\u{6e3}', 'Ⓐ', 'Ⅷ', '½', '℘', '\u{1369}', '_', '-'] {
            assert!(!is_letter_or_digit(c), "{c:?}");
        }
    }

    #[test]
    fn capitals_are_letters() {
        let capital = |c| capital(c).collect::<String>();
        assert_eq!(capital('é'), "É");
        assert_eq!(capital('ß'), "SS");
        // `J` and a mark.
        assert_eq!(capital('ǰ'), "ǰ");
        assert_eq!(capital('2'), "2");
    }
}
