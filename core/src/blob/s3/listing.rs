//! The XML of a listing, as far as it is needed.
//!
//! Known elements are read where they belong, others are passed over with all they hold. A document
//! that defines entities is none of a server's; one that is cut off, nested deeply or not nested at
//! all neither.

use percent_encoding::percent_decode_str;
use xmlparser::{ElementEnd, Token, Tokenizer};

use super::date::listed_date_ms;

/// How deep elements lie in each other; a listing's lie five deep.
const DEPTH_MAX: usize = 16;

const ROOT: &str = "ListBucketResult";
const CONTENTS: &str = "Contents";

/// What a listing says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Listed {
    /// The objects, in the server's order.
    pub(super) objects: Vec<ListedObject>,
    /// Whether the listing goes on after them.
    pub(super) goes_on: bool,
}

/// An object of a listing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ListedObject {
    /// Its name in the bucket.
    pub(super) name: String,
    /// Its size, if the server says it.
    pub(super) size: Option<u64>,
    /// Its tag, if the server gives one in the form in which it stands in a header.
    pub(super) etag: Option<String>,
    /// When it was put, in milliseconds since 1970-01-01T00:00:00Z, if the server says it.
    pub(super) modified_ms: Option<u64>,
}

/// What stands beside the objects.
#[derive(Default)]
struct Rest {
    is_truncated: Option<bool>,
    has_token: bool,
    is_encoded: bool,
}

impl Listed {
    /// The listing in `text`; nothing if it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mut objects, mut rest) = (Vec::<ListedObject>::new(), Rest::default());
        let mut path: Vec<&str> = Vec::new();
        let mut value = String::new();
        let mut has_ended = false;
        for token in Tokenizer::from(text) {
            match token.ok()? {
                Token::ElementStart { local, .. } => {
                    let is_right = path.len() < DEPTH_MAX
                        && !has_ended
                        && (!path.is_empty() || local.as_str() == ROOT);
                    if !is_right {
                        return None;
                    }
                    path.push(local.as_str());
                    value.clear();
                    if path == [ROOT, CONTENTS] {
                        objects.push(ListedObject::default());
                    }
                }
                Token::ElementEnd { end: ElementEnd::Open, .. } => {}
                Token::ElementEnd { end, .. } => {
                    if let ElementEnd::Close(_, local) = end
                        && path.last() != Some(&local.as_str())
                    {
                        return None;
                    }
                    read(&path, &value, &mut objects, &mut rest)?;
                    value.clear();
                    path.pop()?;
                    has_ended = path.is_empty();
                }
                Token::Text { text } => unescape(text.as_str(), &mut value)?,
                Token::Cdata { text, .. } => value.push_str(text.as_str()),
                Token::DtdStart { .. } | Token::EmptyDtd { .. } => return None,
                _ => {}
            }
        }
        // Without a token a listing that is cut would seem to be whole.
        let goes_on = match rest.is_truncated {
            Some(true) if !rest.has_token => return None,
            Some(is_truncated) => is_truncated,
            None => rest.has_token,
        };
        // An object has a name, and no name is empty.
        if objects.iter().any(|object| object.name.is_empty()) {
            return None;
        }
        if rest.is_encoded {
            for object in &mut objects {
                object.name = decoded(std::mem::take(&mut object.name));
            }
        }
        has_ended.then_some(Self { objects, goes_on })
    }
}

/// Takes over the value of the element at `path`; nothing if it is wrong.
fn read(path: &[&str], value: &str, objects: &mut [ListedObject], rest: &mut Rest) -> Option<()> {
    match path {
        [ROOT, CONTENTS, "Key"] => value.clone_into(&mut objects.last_mut()?.name),
        [ROOT, CONTENTS, "Size"] => objects.last_mut()?.size = Some(value.trim().parse().ok()?),
        [ROOT, CONTENTS, "ETag"] => {
            objects.last_mut()?.etag = value.starts_with('"').then(|| value.to_owned());
        }
        [ROOT, CONTENTS, "LastModified"] => {
            objects.last_mut()?.modified_ms = listed_date_ms(value.trim());
        }
        [ROOT, "IsTruncated"] => rest.is_truncated = Some(value.trim().parse().ok()?),
        [ROOT, "NextContinuationToken"] => rest.has_token = !value.is_empty(),
        [ROOT, "EncodingType"] => rest.is_encoded = value == "url",
        _ => {}
    }
    Some(())
}

/// Adds `text` to `value` with what it stands for; nothing if an entity is unknown.
fn unescape(text: &str, value: &mut String) -> Option<()> {
    let mut parts = text.split('&');
    value.push_str(parts.next()?);
    for part in parts {
        let (name, rest) = part.split_once(';')?;
        value.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = name.strip_prefix('#')?;
                let code = match number.strip_prefix('x') {
                    Some(digits) => u32::from_str_radix(digits, 16),
                    None => number.parse(),
                };
                char::from_u32(code.ok()?)?
            }
        });
        value.push_str(rest);
    }
    Some(())
}

/// The name that was encoded as forms are, or by percents alone; itself if it is not UTF-8 then.
fn decoded(name: String) -> String {
    let spaced = name.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded.map_or(name, |decoded| decoded.into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn listed(inside: &str) -> Option<Listed> {
        Listed::parse(&format!(
            "<?xml version=\"1.0\"?>\n<ListBucketResult xmlns=\"http://s3.example/\">{inside}\
             </ListBucketResult>\n"
        ))
    }

    #[test]
    fn what_is_needed_is_read_and_the_rest_passed_over() {
        let found = listed(
            "<Name>b</Name><Key>not here</Key><EncodingType>url</EncodingType>\
             <Contents><Owner><ID>i</ID><Key>nor here</Key></Owner><Key>a+b%2Bc</Key>\
             <ETag>&quot;e&quot;</ETag><LastModified>1970-01-01T00:00:01.500Z</LastModified>\
             <Size> 12 </Size></Contents><!-- so -->\
             <s3:Contents><s3:Key><![CDATA[d&]]>&amp;&#65;&#x42;</s3:Key><Other/>\
             <ETag>bare</ETag><LastModified>once</LastModified></s3:Contents>\
             <CommonPrefixes><Prefix>p</Prefix></CommonPrefixes>",
        );
        let first = ListedObject {
            name: "a b+c".into(),
            size: Some(12),
            etag: Some("\"e\"".into()),
            modified_ms: Some(1_500),
        };
        let objects = vec![first, ListedObject { name: "d&&AB".into(), ..Default::default() }];
        assert_eq!(found, Some(Listed { objects, goes_on: false }));
        assert_eq!(listed("").unwrap(), Listed::default());
        assert_eq!(Listed::parse("<ListBucketResult/>").unwrap(), Listed::default());
        let plain = listed("<Contents><Key>a+b%2B</Key></Contents>").unwrap();
        assert_eq!(plain.objects[0].name, "a+b%2B");
        let bytes = "<EncodingType>url</EncodingType><Contents><Key>%FF</Key></Contents>";
        assert_eq!(listed(bytes).unwrap().objects[0].name, "%FF");
    }

    #[test]
    fn a_listing_goes_on_if_the_server_says_so_and_where() {
        let token = "<NextContinuationToken>t</NextContinuationToken>";
        let truncated = |is: &str| format!("<IsTruncated>{is}</IsTruncated>");
        assert!(listed(token).unwrap().goes_on);
        assert!(listed(&(truncated("true") + token)).unwrap().goes_on);
        assert!(!listed(&(truncated("false") + token)).unwrap().goes_on);
        assert_eq!(listed(&truncated("true")), None);
        assert_eq!(listed(&truncated("maybe")), None);
    }

    #[test]
    fn what_is_no_listing_is_refused() {
        for text in [
            "",
            "text",
            "<html></html>",
            "<Error><Code>NoSuchBucket</Code></Error>",
            "<ListBucketResult>",
            "<ListBucketResult></Other>",
            "<ListBucketResult></ListBucketResult><ListBucketResult></ListBucketResult>",
            "<ListBucketResult><Contents><Key>a</Contents></Key></ListBucketResult>",
            "<ListBucketResult><Contents><Key>a</Key>",
            "<!DOCTYPE x [<!ENTITY e \"v\">]><ListBucketResult></ListBucketResult>",
        ] {
            assert_eq!(Listed::parse(text), None, "{text}");
        }
        for inside in [
            "<Contents></Contents>",
            "<Contents><Size>1</Size></Contents>",
            "<Contents><Key>a</Key><Size>-1</Size></Contents>",
            "<Contents><Key>&unknown;</Key></Contents>",
            "<Contents><Key>&#xD800;</Key></Contents>",
            "<Contents><Key>a & b</Key></Contents>",
        ] {
            assert_eq!(listed(inside), None, "{inside}");
        }
        assert_eq!(listed(&"<a>".repeat(1 << 20)), None);
    }
}
