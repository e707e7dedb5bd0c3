//! Unicode NFC.
//!
//! The tables are those of the crate; its iterators can do NFKC as well, and would bring the tables
//! for that, half of all, into every module for the web.

use unicode_normalization::char::{canonical_combining_class, compose, decompose_canonical};
use unicode_normalization::{IsNormalized, is_nfc_quick};

/// `text` in NFC.
pub(crate) fn nfc(text: &str) -> String {
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return text.to_owned();
    }
    composed(decomposed(text)).into_iter().map(|mark| mark.char).collect()
}

/// Whether `text` is in NFC.
pub(crate) fn is_nfc(text: &str) -> bool {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => true,
        IsNormalized::No => false,
        IsNormalized::Maybe => nfc(text) == text,
    }
}

/// A character and its combining class: 0 for a starter.
struct Mark {
    class: u8,
    char: char,
}

/// In NFD: taken apart, the marks behind each starter by their class.
fn decomposed(text: &str) -> Vec<Mark> {
    let mut marks = Vec::with_capacity(text.len());
    for char in text.chars() {
        decompose_canonical(char, |char| {
            marks.push(Mark { class: canonical_combining_class(char), char });
        });
    }
    for run in marks.split_mut(|mark| mark.class == 0) {
        run.sort_by_key(|mark| mark.class);
    }
    marks
}

/// Puts each mark together with the starter before it, unless one in between is in its way.
fn composed(marks: Vec<Mark>) -> Vec<Mark> {
    let mut out: Vec<Mark> = Vec::with_capacity(marks.len());
    let mut starter: Option<usize> = None;
    for mark in marks {
        if let Some(at) = starter
            && (at + 1 == out.len() || out.last().is_some_and(|last| last.class < mark.class))
            && let Some(whole) = compose(out[at].char, mark.char)
        {
            out[at].char = whole;
            continue;
        }
        if mark.class == 0 {
            starter = Some(out.len());
        }
        out.push(mark);
    }
    out
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn check(text: &str) {
        let expected: String = text.nfc().collect();
        assert_eq!(nfc(text), expected, "{:?}", text.escape_unicode().to_string());
        assert_eq!(is_nfc(text), expected == text, "{:?}", text.escape_unicode().to_string());
    }

    #[test]
    fn every_character_is_as_the_crate_has_it() {
        for char in '\0'..=char::MAX {
            check(char.encode_utf8(&mut [0; 4]));
            check(&format!("a\u{327}{char}\u{301}"));
        }
    }

    #[test]
    fn so_is_what_characters_make_together() {
        // Starters that combine, marks of several classes, marks that combine with each other, and
        // Hangul: leads, vowels, trails and syllables.
        let pool: Vec<char> = "aeoAO\u{0c6}\u{1f00}\u{3b1}\u{5d0}\u{915}\u{9c7}\u{9be}\u{1025}\u{102e}\
            \u{300}\u{301}\u{308}\u{327}\u{328}\u{323}\u{344}\u{345}\u{591}\u{5bf}\u{93c}\u{94d}\u{3099}\
            \u{304b}\u{1100}\u{1112}\u{1161}\u{1175}\u{11a7}\u{11a8}\u{11c2}\u{ac00}\u{ac01}\u{212b}\u{fb1f}\u{2adc}\
            \u{1d15e}\u{114ba}\u{114b9}\u{f73}\u{f71}"
            .chars()
            .collect();
        let mut state = 1_u64;
        let mut below = |end: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize % end
        };
        for _ in 0..200_000 {
            let length = 1 + below(8);
            check(&(0..length).map(|_| pool[below(pool.len())]).collect::<String>());
        }
    }
}
