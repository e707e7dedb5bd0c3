//! A bucket of this process, for what a server that works does not do.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::Range;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// What is more than this is large.
const LARGE_BYTES: usize = 200_000;

/// A server that honours conditions, and misbehaves as it is told.
pub(crate) struct Bucket {
    port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    objects: Mutex<BTreeMap<String, (u64, Vec<u8>)>>,
    mood: Mutex<Mood>,
    mood_changed: Condvar,
    /// The first lines and headers of all requests.
    seen: Mutex<Vec<String>>,
    /// The bytes that came with puts, those that were refused too.
    received: AtomicU64,
    /// What happens when a put arrives, before it is answered.
    on_put: Mutex<Option<Hook>>,
}

type Hook = Box<dyn FnMut(&str) + Send>;

/// How requests are answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Works,
    /// A refusal of every request.
    Refuses { status: u16, code: &'static str },
    /// A refusal of every request that would change something.
    ReadsOnly,
    /// Takes the root in, and is gone before it answers.
    DiesOfTheRoot,
    /// Leaves reads of large objects without an answer until the mood changes.
    HoldsLargeReads,
    /// Closes every connection.
    Gone,
}

struct Request {
    method: String,
    key: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Bucket {
    pub(crate) fn new(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State { mood: Mutex::new(mood), ..State::default() });
        let served = Arc::clone(&state);
        thread::spawn(move || {
            for connection in listener.incoming() {
                let state = Arc::clone(&served);
                thread::spawn(move || state.serve(&connection.unwrap()));
            }
        });
        Self { port, state }
    }

    pub(crate) fn turn(&self, mood: Mood) {
        *self.state.mood.lock().unwrap() = mood;
        self.state.mood_changed.notify_all();
    }

    pub(crate) fn seen(&self) -> Vec<String> {
        self.state.seen.lock().unwrap().clone()
    }

    /// The bytes that came with puts so far.
    pub(crate) fn received(&self) -> u64 {
        self.state.received.load(Ordering::SeqCst)
    }

    /// Calls `hook` with the key of each put that arrives, before it is answered.
    pub(crate) fn on_put(&self, hook: impl FnMut(&str) + Send + 'static) {
        *self.state.on_put.lock().unwrap() = Some(Box::new(hook));
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        self.state.objects.lock().unwrap().keys().cloned().collect()
    }

    /// Loses an object.
    pub(crate) fn lose(&self, key: &str) {
        self.state.objects.lock().unwrap().remove(key).unwrap();
    }

    /// Sends the command to the bucket, with credentials and nothing else of ours.
    pub(crate) fn give_to<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        for name in ["AWS_SESSION_TOKEN", "AWS_CA_BUNDLE", "SSL_CERT_FILE"] {
            command.env_remove(name);
        }
        command
            .env("SEALWOOD_VAULT", format!("s3://bucket?endpoint=http://127.0.0.1:{}", self.port))
            .env("AWS_ACCESS_KEY_ID", "id")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
    }
}

impl State {
    fn serve(&self, connection: &TcpStream) {
        let Some(request) = Request::read(connection) else { return };
        let seen = format!("{} {} {:?}", request.method, request.key, request.headers);
        self.seen.lock().unwrap().push(seen);
        if request.method == "PUT" {
            self.received.fetch_add(request.body.len() as u64, Ordering::SeqCst);
            if let Some(hook) = &mut *self.on_put.lock().unwrap() {
                hook(&request.key);
            }
        }
        let mut mood = self.mood.lock().unwrap();
        let (status, headers, body) = match *mood {
            Mood::Gone => return,
            Mood::DiesOfTheRoot if request.method == "PUT" && request.key.ends_with("/root") => {
                self.answer(request);
                *mood = Mood::Gone;
                return;
            }
            Mood::ReadsOnly if !matches!(&*request.method, "GET" | "HEAD") => {
                refusal(403, "AccessDenied")
            }
            Mood::HoldsLargeReads => {
                let answer = self.answer(request);
                if answer.2.len() > LARGE_BYTES {
                    let held = |mood: &mut Mood| *mood == Mood::HoldsLargeReads;
                    mood = self.mood_changed.wait_while(mood, held).unwrap();
                }
                answer
            }
            Mood::Works | Mood::ReadsOnly | Mood::DiesOfTheRoot => self.answer(request),
            Mood::Refuses { status, code } => refusal(status, code),
        };
        drop(mood);
        let head = format!(
            "HTTP/1.1 {status} Told\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        // A client that has gone needs no answer.
        drop((&*connection).write_all(&[head.as_bytes(), &body].concat()));
    }

    fn answer(&self, request: Request) -> (u16, String, Vec<u8>) {
        let mut objects = self.objects.lock().unwrap();
        let tag = |version: u64| format!("\"{version:032x}\"");
        let found = objects.get(&request.key).cloned();
        match request.method.as_str() {
            "GET" if request.lists() => (200, String::new(), request.page(&objects)),
            "GET" | "HEAD" => match found {
                Some((version, body)) => match request.range(body.len()) {
                    Some(range) => {
                        let place = format!("{}-{}/{}", range.start, range.end - 1, body.len());
                        let place = format!("content-range: bytes {place}\r\n");
                        let headers = format!("etag: {}\r\n{place}", tag(version));
                        (206, headers, body[range].to_vec())
                    }
                    None => (200, format!("etag: {}\r\n", tag(version)), body),
                },
                None => refusal(404, "NoSuchKey"),
            },
            "PUT" => {
                let current = found.map(|(version, _)| version);
                let holds = request.headers.iter().all(|(name, value)| match name.as_str() {
                    "if-none-match" => current.is_none(),
                    "if-match" => current.map(tag).as_ref() == Some(value),
                    _ => true,
                });
                if !holds {
                    return refusal(412, "PreconditionFailed");
                }
                let version = current.unwrap_or(0) + 1;
                objects.insert(request.key, (version, request.body));
                (200, format!("etag: {}\r\n", tag(version)), Vec::new())
            }
            "DELETE" => {
                objects.remove(&request.key);
                (204, String::new(), Vec::new())
            }
            _ => refusal(501, "NotImplemented"),
        }
    }
}

impl Request {
    fn parameter(&self, name: &str) -> Option<&str> {
        let (_, query) = &self.headers[0];
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    fn lists(&self) -> bool {
        self.parameter("list-type") == Some("2")
    }

    /// The first page of all objects.
    fn page(&self, objects: &BTreeMap<String, (u64, Vec<u8>)>) -> Vec<u8> {
        let limit = self.parameter("max-keys").map_or(1000, |limit| limit.parse().unwrap());
        let contents = objects.iter().take(limit).map(|(key, (_, body))| {
            let key = key.strip_prefix("/bucket/").unwrap();
            format!("<Contents><Key>{key}</Key><Size>{}</Size></Contents>", body.len())
        });
        let more = match objects.len() > limit {
            true => {
                "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
            }
            false => "<IsTruncated>false</IsTruncated>",
        };
        let contents: String = contents.collect();
        let space = "http://s3.amazonaws.com/doc/2006-03-01/";
        format!("<ListBucketResult xmlns=\"{space}\">{contents}{more}</ListBucketResult>")
            .into_bytes()
    }

    /// `None` if the client went away first.
    fn read(connection: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(connection);
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let mut words = line.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let mut headers = vec![("query".to_owned(), query.to_lowercase())];
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.push((name.to_lowercase(), value.trim().to_owned()));
        }
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let mut body = vec![0; length.map_or(0, |(_, value)| value.parse().unwrap())];
        reader.read_exact(&mut body).ok()?;
        Some(Self { method, key: path.to_owned(), headers, body })
    }

    /// The part that is asked for of so many bytes, if one is.
    fn range(&self, length: usize) -> Option<Range<usize>> {
        let (_, value) = self.headers.iter().find(|(name, _)| name == "range")?;
        let (first, last) = value.strip_prefix("bytes=")?.split_once('-')?;
        let last = last.parse().unwrap_or(usize::MAX).min(length - 1);
        Some(first.parse().ok()?..last + 1)
    }
}

fn refusal(status: u16, code: &str) -> (u16, String, Vec<u8>) {
    let body = format!(
        "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>told by a test</Message></Error>"
    );
    (status, "content-type: application/xml\r\n".to_owned(), body.into_bytes())
}
