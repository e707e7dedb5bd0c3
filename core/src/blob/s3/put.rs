//! One put, and the certainty that what is there is what was sent.

use base64ct::{Base64, Encoding};
use bytes::Bytes;
use md5::{Digest, Md5};

use super::answer::{self, failed, md5_of};
use super::client::Client;
use super::refusal::{hidden_refusal, refusal};
use crate::blob::{BlobStore, ETag, Precondition};
use crate::error::{Error, Result};
use crate::platform::{HttpMethod, run_blocking};

/// How often a put replaces what the server says it stored of an earlier try and did not.
const REPAIRS_MAX: u32 = 3;

/// The MD5 of `bytes`, computed where nobody waits for the thread.
pub(super) async fn md5(bytes: &Bytes) -> [u8; 16] {
    let bytes = bytes.clone();
    run_blocking(move || Md5::digest(&bytes).into()).await
}

impl Client {
    /// Puts `bytes` and returns the tag. Where the server's tags are known to be MD5, one of other
    /// bytes is no success: what is there is read back, and replaced if it is this put's.
    pub(super) async fn store(
        &self,
        key: &str,
        bytes: Bytes,
        mut precondition: Precondition,
    ) -> Result<ETag> {
        let md5 = md5(&bytes).await;
        for _ in 0..REPAIRS_MAX {
            let etag = self.put_once(key, &bytes, &md5, &precondition).await?;
            if md5_of(&etag) == Some(md5) {
                self.learn_that_tags_are_md5();
                return Ok(etag);
            }
            if !self.confirms_puts() {
                return Ok(etag);
            }
            match self.get(key).await {
                Ok(found) if found.bytes == bytes => return Ok(found.etag),
                // This put's own bytes, damaged on their way: nobody else's are lost.
                Ok(found) if found.etag == etag => precondition = Precondition::Matches(etag),
                Ok(_) | Err(Error::ObjectMissing) => break,
                Err(error) => return Err(error),
            }
        }
        Err(Error::StoreUnavailable {
            reason: "the server stored other bytes than were sent".into(),
            retry_after: None,
            source: None,
        })
    }

    async fn put_once(
        &self,
        key: &str,
        bytes: &Bytes,
        md5: &[u8; 16],
        precondition: &Precondition,
    ) -> Result<ETag> {
        let mut headers = vec![("content-md5", Base64::encode_string(md5))];
        match precondition {
            Precondition::None => {}
            Precondition::Absent => headers.push(("if-none-match", "*".to_owned())),
            Precondition::Matches(ETag(etag)) => headers.push(("if-match", etag.clone())),
        }
        let response = self.send(HttpMethod::Put, key, headers, bytes.clone()).await?;
        match response.status {
            200..=299 => {
                return match hidden_refusal(&response, self.now_ms()) {
                    Some(error) => Err(error),
                    None => answer::etag(&response),
                };
            }
            409 => return Err(self.after_conflict(key, precondition).await?),
            _ => {}
        }
        Err(match (refusal(&response, self.now_ms()), precondition) {
            // There was nothing that could match.
            (Error::ObjectMissing, Precondition::Matches(_)) => Error::PreconditionFailed,
            (Error::ObjectMissing, _) => failed("status 404 for a put"),
            (error, _) => error,
        })
    }

    /// What a put under `condition` comes to when the server gave up on it because of another
    /// request: lost if the other has decided the condition, otherwise worth another try.
    async fn after_conflict(&self, key: &str, condition: &Precondition) -> Result<Error> {
        let found =
            self.send_head(key).await?.map(|response| answer::etag(&response)).transpose()?;
        let holds = match condition {
            Precondition::None => true,
            Precondition::Absent => found.is_none(),
            Precondition::Matches(etag) => found.as_ref() == Some(etag),
        };
        Ok(if holds {
            Error::StoreUnavailable {
                reason: "status 409: a conflicting request".into(),
                retry_after: None,
                source: None,
            }
        } else {
            Error::PreconditionFailed
        })
    }
}
