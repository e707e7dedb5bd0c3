//! A rule as it is typed: `PUT */root nth=2 times=1 flip-request=100`.

use std::str::FromStr;
use std::time::Duration;

use crate::{Fault, Rule};

impl FromStr for Rule {
    type Err = String;

    /// Reads words in any order: a method in capitals, a pattern of a path (with `/` or `*` in it),
    /// `nth=N` for the first that is hit (1 if left out), `times=N` for how many are (all if left
    /// out), and one fault: `delay=MILLISECONDS`, `rate=BYTES_A_SECOND`, `cut-request=BYTES`,
    /// `cut-answer=BYTES`, `flip-request=OFFSET`, `flip-answer=OFFSET`, `lose-answer`,
    /// `status=CODE` or `status=CODE:RETRY_AFTER_SECONDS`, `redirect=URL`, `html` or `silence`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (mut method, mut pattern, mut nth, mut times) = (None, None, 1, u64::MAX);
        let mut fault = None;
        for word in text.split_whitespace() {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            let number = || {
                value
                    .parse::<u64>()
                    .map_err(|_| format!("`{word}`: a whole number has to follow ="))
            };
            let found = match name {
                "nth" => {
                    nth = number()?;
                    continue;
                }
                "times" => {
                    times = number()?;
                    continue;
                }
                "delay" => Fault::Delay(Duration::from_millis(number()?)),
                "rate" => Fault::Rate(number()?.max(1)),
                "cut-request" => Fault::CutRequest(number()?),
                "cut-answer" => Fault::CutAnswer(number()?),
                "flip-request" => Fault::FlipRequest(number()?),
                "flip-answer" => Fault::FlipAnswer(number()?),
                "lose-answer" => Fault::LoseAnswer,
                "status" => {
                    status(value).ok_or_else(|| format!("`{word}`: status=503 or 503:5"))?
                }
                "redirect" => Fault::Redirect(value.to_owned()),
                "html" => Fault::Html,
                "silence" => Fault::Silence,
                _ if word.contains(['/', '*']) => {
                    pattern = Some(word.to_owned());
                    continue;
                }
                _ if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                    method = Some(word.to_owned());
                    continue;
                }
                _ => return Err(format!("`{word}` is no method, pattern, count or fault")),
            };
            if fault.replace(found).is_some() {
                return Err(format!("`{word}` is a second fault; give it a rule of its own"));
            }
        }
        let fault = fault.ok_or("a rule needs a fault, such as lose-answer or status=503")?;
        let skipped = nth.checked_sub(1).ok_or("nth counts from 1")?;
        Ok(Self {
            method,
            pattern: pattern.unwrap_or_else(|| "*".to_owned()),
            skipped,
            times,
            fault,
        })
    }
}

fn status(value: &str) -> Option<Fault> {
    let (code, wait) = match value.split_once(':') {
        Some((code, wait)) => (code, Some(wait.parse().ok()?)),
        None => (value, None),
    };
    let code = code.parse().ok().filter(|code| (200..600).contains(code))?;
    Some(Fault::Status(code, wait))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn rules_are_read() {
        for (text, rule) in [
            ("html", Rule::always(Fault::Html)),
            (
                "PUT */root nth=2 times=1 flip-request=100",
                Rule::once("PUT", "*/root", Fault::FlipRequest(100)).after(1),
            ),
            ("status=503:5 GET times=1", Rule::once("GET", "*", Fault::Status(503, Some(5)))),
            ("redirect=http://h/?a=b", Rule::always(Fault::Redirect("http://h/?a=b".into()))),
            ("delay=300", Rule::always(Fault::Delay(Duration::from_millis(300)))),
        ] {
            assert_eq!(text.parse::<Rule>().unwrap(), rule, "{text}");
        }
    }

    #[test]
    fn what_is_no_rule_is_named() {
        for text in ["", "PUT", "rate=fast", "status=5", "html silence", "nth=0 html", "flop=3"] {
            assert!(text.parse::<Rule>().is_err(), "{text}");
        }
    }
}
