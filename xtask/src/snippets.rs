//! Code in documents.

/// The blocks of `markdown` that are marked as `language`.
pub(crate) fn of_language(markdown: &str, language: &str) -> Vec<String> {
    let mut snippets = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if line.strip_prefix("```") == Some(language) {
            let block = lines.by_ref().take_while(|line| *line != "```");
            snippets.push(block.map(|line| format!("{line}\n")).collect());
        }
    }
    snippets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_one_language_are_found() {
        let markdown = "text\n```swift\na\nb\n```\n```console\nc\n```\n```swift\nd\n```\n";
        assert_eq!(of_language(markdown, "swift"), ["a\nb\n", "d\n"]);
    }
}
