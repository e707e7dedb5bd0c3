//! Texts that people hand over: what they are made of, and what is read of them.

use sealwood::internals::{Author, Lane, Pairing, VaultId, Witness};
use sealwood::seal::Link;
use serde_json::{Value, json};
use zeroize::Zeroizing;

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
    for case in cases(document, "pairings") {
        let pairing = pairing(case);
        case["text"] = pairing.to_text().unwrap().as_str().into();
        assert!(Pairing::from_text(text(case, "text")).unwrap() == pairing);
    }
    document["pairing_readings"] = pairing_readings(text(&document["pairings"][1], "text")).into();
}

/// What becomes of a text that was changed in one way.
fn pairing_readings(whole: &str) -> Vec<Value> {
    let (before, after) = whole.split_at(60);
    let texts = [
        ("as it was written", whole.to_owned()),
        ("in capitals", whole.to_ascii_uppercase()),
        ("in two lines", format!("{before}\r\n{after}\n")),
        ("nothing", String::new()),
        ("the word and the version alone", whole[..13].to_owned()),
        ("another word", whole.replace("pair1", "link1")),
        ("a later version", whole.replace("pair1", "pair2")),
        ("a character less", whole[..whole.len() - 1].to_owned()),
        ("a character more", format!("{whole}a")),
        ("a character that is none", format!("{before}-{after}")),
        ("a part twice", format!("{before}{before}{after}")),
        ("longer than any", format!("{whole}{}", "a".repeat(2_000))),
    ];
    let read = |(name, text): (&str, String)| {
        let read = Pairing::from_text(&text);
        let code = read.as_ref().err().map_or("ok", |error| error.code());
        json!({"name": name, "text": text, "code": code})
    };
    texts.into_iter().map(read).collect()
}

fn pairing(case: &Value) -> Pairing {
    let author = match case["device"].as_u64() {
        Some(device) => Author::Device(device as u32),
        None => Author::Session {
            member: number(case, "member") as u32,
            lane: Lane(array(case, "lane")),
        },
    };
    let witness = Witness {
        author,
        counter: number(case, "counter"),
        sequence: number(case, "sequence"),
        tag: array(case, "tag"),
    };
    Pairing {
        vault: VaultId::from_bytes(array(case, "vault_id")),
        slot_secret: Zeroizing::new(array(case, "slot_secret")),
        witness,
        store: text(case, "store").to_owned(),
    }
}
