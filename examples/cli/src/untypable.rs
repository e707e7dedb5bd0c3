//! What a passphrase holds that nobody types: marks that editors, shells and pipes leave in it.
//!
//! A vault that is made with one can only be opened by the same accident. Spaces can be typed,
//! those at either end too, and so can every letter and sign of any script.

/// Returns what of `text` cannot be typed at a prompt, if anything: "begins with ...".
pub(crate) fn untypable(text: &str) -> Option<&'static str> {
    if text.starts_with('\u{feff}') {
        Some("begins with a byte-order mark, which some editors write")
    } else if text.ends_with(['\n', '\r']) {
        Some("ends with a line break")
    } else if text.contains('\0') {
        Some("has zero bytes, as UTF-16 has")
    } else if text.contains(char::is_control) {
        Some("has a control character")
    } else if text.contains('\u{feff}') {
        Some("has a byte-order mark")
    } else if text.contains(char::REPLACEMENT_CHARACTER) {
        Some("has a mark for what could not be decoded")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accidents_are_told() {
        for text in [
            "\u{feff}a",
            "a\n",
            "a\r\n",
            "a\r",
            "a\0b\0",
            "a\tb",
            "a\u{85}b",
            "a\u{feff}",
            "a\u{fffd}",
        ] {
            assert!(untypable(text).is_some(), "{text:?}");
        }
    }

    #[test]
    fn what_a_keyboard_gives_is_taken() {
        for text in [
            "a b",
            " a ",
            "a\u{a0}\u{3000}b",
            "caf\u{e9} cafe\u{301}",
            "\u{5e9}\u{5b8} \u{645}\u{200c}\u{645}",
            "\u{2764}\u{fe0f} \u{1f468}\u{200d}\u{1f33e}",
        ] {
            assert_eq!(untypable(text), None, "{text:?}");
        }
    }
}
