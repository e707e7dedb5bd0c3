//! The calls of a hash of rows.

use std::rc::Rc;

use sealwood::bridge::engine::{LtHash, domain};
use sealwood::lthash::{Domain, bucket_of};

use super::{Taken, unknown};
use crate::outcome::Outcome;
use crate::step::{Step, Stop};
use crate::world::World;

pub(super) fn take(world: &World, verb: &str, step: &Step) -> Taken {
    match verb {
        "identity" => {
            world.hashes.set(Some(step.need_text("as")?), Rc::new(LtHash::identity()));
            return Ok(Outcome::Nothing);
        }
        "decode" => {
            let (name, bytes) = (step.need_text("as")?, step.content("content")?);
            world.hashes.set(Some(name), Rc::new(LtHash::decode(&bytes)?));
            return Ok(Outcome::Nothing);
        }
        "bucketOf" => return Ok(Outcome::Value(bucket_of(step.need_bytes("key")?).into())),
        _ => {}
    }
    let hash = world.hashes.get(step.need_text("hash")?)?;
    let other = || world.hashes.get(step.need_text("other")?);
    let bytes = |name| step.need_bytes(name);
    match verb {
        "add" | "remove" => {
            let (key, value) = (bytes("key")?, bytes("value")?);
            let domain = domain_of(step)?;
            match verb {
                "add" => hash.add(&domain, &key, &value),
                _ => hash.remove(&domain, &key, &value),
            }
        }
        "addBatch" | "removeBatch" => {
            let rows = step.need_rows("rows")?;
            let domain = domain_of(step)?;
            match verb {
                "addBatch" => hash.add_batch(&domain, &rows),
                _ => hash.remove_batch(&domain, &rows),
            }
        }
        "addRaw" => hash.add_raw(&bytes("message")?),
        "removeRaw" => hash.remove_raw(&bytes("message")?),
        "merge" => hash.merge(&*other()?),
        "subtract" => hash.subtract(&*other()?),
        "copy" => {
            world.hashes.set(Some(step.need_text("as")?), Rc::new(LtHash::from(hash.value())));
        }
        "equals" => return Ok(hash.equals(&*other()?).into()),
        "isIdentity" => return Ok(hash.is_identity().into()),
        "encode" => return Ok(Outcome::Content(hash.encode().into())),
        "checksum" => return Ok(hex::encode(hash.checksum()).as_str().into()),
        _ => return unknown(verb),
    }
    Ok(Outcome::Nothing)
}

fn domain_of(step: &Step) -> Result<Domain, Stop> {
    Ok(domain(&step.need_bytes("domain")?, step.secret("secret")?)?)
}
