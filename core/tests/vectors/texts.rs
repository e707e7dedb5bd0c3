//! Texts that people hand over: what they are made of, and what is read of them.

use sealwood::seal::Link;
use serde_json::Value;

use crate::input::*;

pub(crate) async fn fill(document: &mut Value) {
    for case in cases(document, "links") {
        let link = Link::from_bytes(&array(case, "link"));
        case["text"] = link.to_string().into();
        assert!(text(case, "text").parse::<Link>().unwrap() == link);
    }
    for case in cases(document, "readings") {
        let read = text(case, "text").parse::<Link>();
        let (name, found) = match &read {
            Ok(link) => ("link", hex::encode(link.to_bytes())),
            Err(error) => ("code", error.code().to_owned()),
        };
        case[name] = found.into();
    }
}
