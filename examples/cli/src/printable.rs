//! Text from elsewhere on a terminal: names, media types, what a store answers.
//!
//! Such text may hold characters that act on a terminal, that turn the direction of what follows
//! (`gpj.exe` shown as `exe.jpg`), or that cannot be seen, so that two names look like one. They
//! are shown as escapes, `\n` or `\u{202e}`: controls, formats (bidirectional marks, joiners,
//! tags), separators of lines and paragraphs, private and unassigned characters, and all that
//! fonts leave out by rule. Letters, marks, symbols and spaces of every script stay; so an emoji
//! made of several is shown as its parts. JSON has the text itself.

use std::borrow::Cow;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Returns `text` with every character escaped that could act, mislead or not be seen.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, is_shown)
}

/// The same for text of several lines that are ours.
pub(crate) fn printable_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |char| char == '\n' || is_shown(char))
}

fn escaped(text: &str, is_shown: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.chars().all(&is_shown) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        if is_shown(char) {
            out.push(char);
        } else {
            out.extend(char.escape_default());
        }
    }
    Cow::Owned(out)
}

fn is_shown(char: char) -> bool {
    use GeneralCategory as Category;
    if char.is_ascii() {
        return !char.is_ascii_control();
    }
    let category = char.general_category();
    !matches!(
        category,
        Category::Control
            | Category::Format
            | Category::LineSeparator
            | Category::ParagraphSeparator
            | Category::PrivateUse
            | Category::Unassigned
    ) && !is_left_out_by_fonts(char)
}

/// The default ignorable characters of Unicode that are letters or marks by category: the
/// grapheme joiner, fillers, inherent vowels, variation selectors.
fn is_left_out_by_fonts(char: char) -> bool {
    matches!(
        char,
        '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_misleads_or_hides_is_escaped() {
        let ranges = [
            ('\0', '\u{1f}'),
            ('\u{7f}', '\u{9f}'),
            ('\u{ad}', '\u{ad}'),
            ('\u{34f}', '\u{34f}'),
            ('\u{61c}', '\u{61c}'),
            ('\u{180e}', '\u{180e}'),
            ('\u{200b}', '\u{200f}'),
            ('\u{2028}', '\u{202e}'),
            ('\u{2060}', '\u{206f}'),
            ('\u{3164}', '\u{3164}'),
            ('\u{e000}', '\u{f8ff}'),
            ('\u{fe00}', '\u{fe0f}'),
            ('\u{feff}', '\u{feff}'),
            ('\u{fff9}', '\u{fffb}'),
            ('\u{e0001}', '\u{e007f}'),
            ('\u{e0100}', '\u{e01ef}'),
            ('\u{10fffd}', '\u{10ffff}'),
        ];
        for (first, last) in ranges {
            for char in first..=last {
                let shown = printable(&format!("a{char}b")).into_owned();
                assert!(shown.starts_with("a\\") && shown.is_ascii(), "{:x}", char as u32);
            }
        }
        assert_eq!(printable("a\u{1b}[2J\n\u{202e}b"), r"a\u{1b}[2J\n\u{202e}b");
    }

    #[test]
    fn what_is_read_stays() {
        for text in [
            r#"a b-c_d.'"\~"#,
            "caf\u{e9} cafe\u{301}",
            "\u{5e9}\u{5b8}\u{5c1}\u{5dc}\u{5d5}\u{5b9}\u{5dd} \u{645}\u{631}\u{62d}\u{628}\u{627}",
            "\u{939}\u{93f}\u{928}\u{94d}\u{926}\u{940} \u{e44}\u{e17}\u{e22} \u{65e5}\u{672c}\u{3000}\u{8a9e}",
            "\u{1f332} \u{1f44d}\u{1f3fd} \u{20ac} \u{2500}\u{fffd}\u{a0}.",
        ] {
            assert_eq!(printable(text), text);
        }
    }

    #[test]
    fn our_own_lines_stay_lines() {
        assert_eq!(printable_lines("a\nb\r\u{2028}"), "a\nb\\r\\u{2028}");
    }
}
