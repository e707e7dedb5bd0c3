//! Members, signed roots, heads, acceptance and proofs of forks.
//!
//! A key is given by a number: its seed is 32 bytes of that number.

mod negative;

use sealwood::internals::{
    Author, Carried, Chain, ContentHash, ForkProof, Grant, Ground, Heads, Kept, Label, Lane, Own,
    Presence, Record, RefusalResult, RowId, Rows, SignedRoot, SigningKey, Statement, View,
};
use serde_json::{Value, json};

use crate::input::*;

pub(crate) async fn fill(document: &mut Value) {
    for case in cases(document, "chains") {
        fill_chain(case);
    }
    for case in cases(document, "histories") {
        fill_history(case);
    }
    document["refused"] = negative::cases().into();
}

/// Reads everything that is to be refused. Returns how much that is.
pub(crate) fn read(document: &Value) -> usize {
    let cases = list(document, "refused");
    for case in cases {
        let bytes = hex::decode(text(case, "hex")).unwrap();
        let code = negative::outcome(text(case, "as"), &bytes).map_or_else(|r| r.code(), |()| "ok");
        assert_eq!(code, text(case, "code"), "{}", text(case, "name"));
    }
    cases.len()
}

fn key(number: u64) -> SigningKey {
    SigningKey::from_seed(&[number as u8; 32])
}

fn label(case: &Value) -> Label {
    Label::new(text(case, "label")).unwrap()
}

fn record(case: &Value) -> Record {
    let by = number(case, "by") as u32;
    let of = |name: &str| number(case, name) as u32;
    let grant = || match text(case, "role") {
        "admin" => Grant::Admin(key(number(case, "key")).verifying()),
        "writer" => Grant::Writer(key(number(case, "key")).verifying()),
        "reader" => Grant::Reader,
        other => panic!("no role {other}"),
    };
    match text(case, "do") {
        "add-member" => Record::AddMember { by, grant: grant(), label: label(case) },
        "set-role" => Record::SetRole { by, member: of("member"), grant: grant() },
        "remove-member" => Record::RemoveMember { by, member: of("member") },
        "certify-device" => {
            let key = key(number(case, "key")).verifying();
            Record::CertifyDevice { by, key, label: label(case) }
        }
        "remove-device" => Record::RemoveDevice { by, device: of("device") },
        other => panic!("no record {other}"),
    }
}

/// The chain that a case describes, and what it is after each record.
fn chain(case: &Value) -> Vec<Chain> {
    let owner = key(number(case, "owner"));
    let mut chains = vec![Chain::found(&owner, array(case, "nonce"), label(case)).unwrap()];
    for step in list(case, "records") {
        let mut chain = chains.last().unwrap().clone();
        chain.append(&record(step), &key(number(step, "signed_by"))).unwrap();
        chains.push(chain);
    }
    chains
}

fn fill_chain(case: &mut Value) {
    let chains = chain(case);
    let last = chains.last().unwrap();
    assert_eq!(&Chain::read(last.as_bytes(), None).unwrap(), last);
    case["vault"] = last.vault().to_string().into();
    case["bytes"] = hex::encode(last.as_bytes()).into();
    let hashes = chains.iter().map(|chain| hex::encode(chain.mark().hash.as_bytes()));
    case["hashes"] = hashes.collect::<Vec<_>>().into();
    let present = |presence| presence == Presence::Present;
    let members = last.members().members().iter().map(|member| {
        let role = format!("{:?}", member.role).to_lowercase();
        let key = member.key.map(|key| hex::encode(key.as_bytes()));
        json!({"role": role, "key": key, "present": present(member.presence)})
    });
    case["members"] = members.collect::<Vec<_>>().into();
    let devices = last.members().devices().iter().map(|device| {
        let key = hex::encode(device.key.as_bytes());
        json!({"member": device.member, "key": key, "present": present(device.presence)})
    });
    case["devices"] = devices.collect::<Vec<_>>().into();
}

fn author(case: &Value) -> Author {
    match case["device"].as_u64() {
        Some(device) => Author::Device(device as u32),
        None => Author::Session {
            member: number(case, "member") as u32,
            lane: Lane(array(case, "lane")),
        },
    }
}

fn fill_history(case: &mut Value) {
    let chains = chain(case);
    case["vault"] = chains[0].vault().to_string().into();
    let mut made: Vec<(String, SignedRoot, Chain)> = Vec::new();
    let find = |made: &[(String, SignedRoot, Chain)], name: &str| {
        let found = made.iter().find(|(made, ..)| made == name);
        found.map(|(_, root, chain)| (root.clone(), chain.clone())).unwrap()
    };
    for step in cases(case, "roots") {
        let chain = chains[number(step, "records") as usize].clone();
        let after = step["after"].as_str().map(|name| find(&made, name).0);
        let heads = after.map(|root| root.after().clone()).unwrap_or_default();
        let statement = Statement {
            vault: chain.vault(),
            epoch: number(step, "epoch") as u32,
            author: author(step),
            chain: chain.mark().hash,
            content: ContentHash::of(text(step, "body").as_bytes(), &[7; 32]),
            heads,
        };
        step["statement"] = hex::encode(statement.to_bytes()).into();
        let root = statement.sign(&key(number(step, "signed_by"))).unwrap();
        step["hash"] = hex::encode(root.hash().as_bytes()).into();
        let (mut rows, mut kept, mut carried) = (Vec::new(), Vec::new(), Vec::new());
        Carried::of(&root, &Rows::default()).put(&mut carried);
        step["carried"] = hex::encode(carried).into();
        root.after().rows().put(&mut rows);
        step["rows_after"] = hex::encode(&rows).into();
        let to_keep = Kept { root: root.clone(), chain: chain.mark() };
        to_keep.put(&mut kept);
        assert_eq!(Kept::decode(&kept).unwrap(), to_keep);
        assert_eq!(&Heads::new(Rows::decode(&rows).unwrap()).unwrap(), root.after());
        step["kept"] = hex::encode(kept).into();
        let name = text(step, "name").to_owned();
        made.push((name, root, chain));
    }
    for look in cases(case, "looks") {
        let kept = look["kept"].as_str().map(|name| {
            let (root, chain) = find(&made, name);
            Kept { root, chain: chain.mark() }
        });
        let sent = list(look, "sent").iter().map(|name| find(&made, name.as_str().unwrap()).0);
        let sent = sent.map(|root| root.hash()).collect();
        let own = look.get("own").map(|own| Own { author: author(own), sent });
        let (found, chain) = find(&made, text(look, "found"));
        let view = View { vault: None, kept: kept.as_ref(), own: own.as_ref() };
        look["outcome"] = outcome(view.judge(found, &chain).map(|accepted| accepted.ground));
    }
    for proof in cases(case, "proofs") {
        let (first, second) =
            (find(&made, text(proof, "first")), find(&made, text(proof, "second")));
        let vault = first.1.vault();
        let bytes = ForkProof::new(first, second).unwrap().to_bytes();
        let fork = ForkProof::verify(&bytes, vault).unwrap();
        let rows = fork.rows.iter().map(|row| match row {
            RowId::Member(number) => json!({"member": number}),
            RowId::Device(number) => json!({"device": number}),
        });
        proof["rows"] = rows.collect::<Vec<_>>().into();
        proof["bytes"] = hex::encode(bytes).into();
    }
}

fn outcome(judged: RefusalResult<Ground>) -> Value {
    match judged {
        Ok(Ground::FirstContact) => "first-contact".into(),
        Ok(Ground::Same) => "same".into(),
        Ok(Ground::Follows) => "follows".into(),
        Ok(Ground::Unproven { .. }) => "unproven".into(),
        Err(refusal) => refusal.code().into(),
    }
}
