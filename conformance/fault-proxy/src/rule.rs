//! Which requests meet which fault.

use std::time::Duration;

/// What happens to a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// It waits this long before it is passed on.
    Delay(Duration),
    /// All requests of this rule share a line of this many bytes a second in each direction.
    Rate(u64),
    /// After so many bytes of its body both connections are closed.
    CutRequest(u64),
    /// After so many bytes of the answer's body the client's connection is closed.
    CutAnswer(u64),
    /// The lowest bit of this byte of its body is flipped; the offset is taken modulo the length.
    FlipRequest(u64),
    /// The lowest bit of this byte of the answer's body is flipped; the offset is taken modulo the
    /// length.
    FlipAnswer(u64),
    /// It is passed on and takes effect, and the connection is closed instead of an answer.
    LoseAnswer,
    /// It is not passed on; the answer is this status, with `Retry-After` in seconds if one is
    /// given.
    Status(u16, Option<u64>),
    /// It is not passed on; the answer sends the client to this URL, with status 307.
    Redirect(String),
    /// It is not passed on; the answer is a web page with status 200 and an ETag, as a gateway that
    /// wants a login gives.
    Html,
    /// It is not passed on, and the connection stays open without a byte.
    Silence,
}

/// A fault and the requests that meet it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The method; any if absent.
    pub method: Option<String>,
    /// What the path has to look like, without the query; `*` stands for any text.
    pub pattern: String,
    /// How many such requests pass unharmed first.
    pub skipped: u64,
    /// How many of those that follow meet the fault.
    pub times: u64,
    /// What they meet.
    pub fault: Fault,
}

impl Rule {
    /// Every request meets `fault`.
    pub fn always(fault: Fault) -> Self {
        Self { method: None, pattern: "*".to_owned(), skipped: 0, times: u64::MAX, fault }
    }

    /// The next request with `method` and a path like `pattern` meets `fault`.
    pub fn once(method: &str, pattern: &str, fault: Fault) -> Self {
        let (method, pattern) = (Some(method.to_owned()), pattern.to_owned());
        Self { method, pattern, skipped: 0, times: 1, fault }
    }

    /// The same after `skipped` such requests that pass.
    pub fn after(self, skipped: u64) -> Self {
        Self { skipped, ..self }
    }

    /// The same for `times` requests.
    pub fn times(self, times: u64) -> Self {
        Self { times, ..self }
    }

    /// Whether a request is one of those that the rule counts.
    pub(crate) fn is_about(&self, method: &str, path: &str) -> bool {
        self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && is_like(path, &self.pattern)
    }

    /// Whether the request meets the fault before which `seen` others were counted.
    pub(crate) fn hits(&self, seen: u64) -> bool {
        seen.checked_sub(self.skipped).is_some_and(|place| place < self.times)
    }
}

/// Whether `text` is like `pattern`, in which `*` stands for any text.
fn is_like(text: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        None => text == pattern,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            text.char_indices().any(|(at, _)| is_like(&text[at..], rest)) || is_like("", rest)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (text, pattern) in [
            ("/b/root", "*"),
            ("/b/root", "*/root"),
            ("", "*"),
            ("/b/p/ab/c", "/b/*/ab/*"),
            ("/a", "/a"),
        ] {
            assert!(is_like(text, pattern), "{text} {pattern}");
        }
        for (text, pattern) in [("/b/root", "*/roo"), ("/b/root", "/b"), ("", "a*"), ("/x", "*y*")]
        {
            assert!(!is_like(text, pattern), "{text} {pattern}");
        }
    }

    #[test]
    fn a_rule_counts_only_its_own_requests() {
        let rule = Rule::once("PUT", "*/root", Fault::LoseAnswer).after(1).times(2);
        assert!(rule.is_about("put", "/b/root") && !rule.is_about("GET", "/b/root"));
        assert_eq!([0, 1, 2, 3].map(|seen| rule.hits(seen)), [false, true, true, false]);
        assert!(Rule::always(Fault::Html).hits(u64::MAX - 1));
    }
}
