//! One case: a forged vault, what a reader does with it, and how that ends.

use serde_json::{Value, json};

use crate::forge::{Body, Forge, Sections};

/// What a reader does with a vault to meet the error.
#[derive(Clone, Copy)]
pub(super) enum Act {
    Open,
    OpenWithPassphrase,
    List,
    Get(&'static str),
}

pub(super) fn case(name: &str, act: Act, code: &str, forge: &Forge) -> Value {
    let mut case = json!({"name": name});
    match act {
        Act::Open => case["do"] = "open".into(),
        Act::OpenWithPassphrase => {
            case["do"] = "open".into();
            case["passphrase"] = "p".into();
        }
        Act::List => case["do"] = "list".into(),
        Act::Get(path) => {
            case["do"] = "get".into();
            case["path"] = path.into();
        }
    }
    case["code"] = code.into();
    case["objects"] = forge.objects();
    case
}

/// A vault with this body under a root that is right.
pub(super) fn rooted(body: &Body) -> Forge {
    let mut forge = Forge::default();
    forge.root(body);
    forge
}

/// A vault whose tree is this node.
pub(super) fn topped(top: &Sections) -> Forge {
    let mut forge = Forge::default();
    let top = forge.unit("node", top);
    forge.root(&Body { top: Some(top), ..Body::default() });
    forge
}
