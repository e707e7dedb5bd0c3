//! Steps on the library itself.

use sealwood::bridge::{phrase_of_secret, secret_of_phrase};

use super::{Taken, unknown};
use crate::step::Step;

pub(super) fn take(verb: &str, step: &Step) -> Taken {
    match verb {
        "version" => Ok(sealwood::VERSION.into()),
        "phraseOfSecret" => {
            let secret = step.secret("secret")?.ok_or_else(|| "no \"secret\"".to_owned())?;
            Ok(phrase_of_secret(secret)?.expose().into())
        }
        "secretOfPhrase" => {
            let secret = secret_of_phrase(step.need_text("phrase")?)?;
            Ok(hex::encode(&*secret).as_str().into())
        }
        _ => unknown(verb),
    }
}
