//! A bucket in this process, over real sockets, that damages uploads, holds answers back or
//! trickles them on demand. It answers each connection on a thread of its own.

use std::collections::{HashMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use md5::{Digest, Md5};
use sealwood::blob::{RetryPolicy, S3Config, S3Credentials};

/// What happens to the body of a put on its way to the bucket.
#[derive(Clone, Copy)]
pub(crate) enum Upload {
    /// Nothing.
    Whole,
    /// The first bit is flipped.
    Flipped,
    /// The second half is missing.
    Cut,
}

/// A running bucket.
pub(crate) struct Bucket {
    pub(crate) endpoint: String,
    pub(crate) state: Arc<State>,
}

/// What the bucket holds and does.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) objects: Mutex<HashMap<String, Vec<u8>>>,
    /// What happens to the next puts; nothing to those after.
    pub(crate) uploads: Mutex<VecDeque<Upload>>,
    /// Whether a body is compared with `Content-MD5`.
    pub(crate) checks: bool,
    /// The methods and paths asked for, with the condition.
    pub(crate) requests: Mutex<Vec<String>>,
    /// Whether answers wait, and for whom to tell.
    pub(crate) held: (Mutex<bool>, Condvar),
    /// The most requests that were under way at once, and how many are.
    pub(crate) at_once: Mutex<(usize, usize)>,
    /// The wait before each byte of a body.
    pub(crate) trickle: Option<Duration>,
}

impl Bucket {
    pub(crate) fn start(state: State) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(state);
        let shared = state.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let shared = shared.clone();
                // The client may be gone, which is no concern of a server.
                std::thread::spawn(move || drop(serve(&shared, connection.unwrap())));
            }
        });
        Self { endpoint, state }
    }

    pub(crate) fn config(&self) -> S3Config {
        let address = format!("s3://bucket?endpoint={}", self.endpoint);
        let mut config =
            S3Config::from_address(&address, S3Credentials::new("id", "secret")).unwrap();
        let wait = Duration::from_micros(10);
        config.retry =
            RetryPolicy { attempts_max: 4, base: wait, cap: wait, ..RetryPolicy::default() };
        config
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.state.requests.lock().unwrap().clone()
    }

    /// Lets answers wait.
    pub(crate) fn hold(&self) {
        *self.state.held.0.lock().unwrap() = true;
    }

    /// Lets answers go.
    pub(crate) fn release(&self) {
        *self.state.held.0.lock().unwrap() = false;
        self.state.held.1.notify_all();
    }

    /// Waits until `count` requests have arrived.
    pub(crate) fn wait_for_requests(&self, count: usize) {
        while self.requests().len() < count {
            std::thread::yield_now();
        }
    }
}

fn serve(state: &State, connection: std::net::TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(connection.try_clone()?);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Ok(());
            }
        }
        let header = |name: &str| {
            let line = head.lines().find(|line| {
                line.split_once(':').is_some_and(|(found, _)| found.eq_ignore_ascii_case(name))
            });
            line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
        };
        let mut words = head.split(' ');
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let length = header("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let condition = header("if-match").map(|tag| format!(" if-match {tag}"));
        let condition = condition.or(header("if-none-match").map(|_| " if-none-match".to_owned()));
        let condition = condition.unwrap_or_default();
        {
            let mut at_once = state.at_once.lock().unwrap();
            at_once.1 += 1;
            at_once.0 = at_once.0.max(at_once.1);
        }
        state.requests.lock().unwrap().push(format!("{method} {path}{condition}"));
        let held = state.held.0.lock().unwrap();
        drop(state.held.1.wait_while(held, |held| *held).unwrap());
        let (status, tag, answer) =
            answer(state, method, path, &condition, header("content-md5"), body);
        state.at_once.lock().unwrap().1 -= 1;
        let mut connection = &connection;
        write!(
            connection,
            "HTTP/1.1 {status} X\r\nETag: {tag}\r\nContent-Length: {}\r\n\r\n",
            answer.len()
        )?;
        if method == "HEAD" {
            continue;
        }
        match state.trickle {
            None => connection.write_all(&answer)?,
            Some(wait) => {
                for byte in answer {
                    std::thread::sleep(wait);
                    connection.write_all(&[byte])?;
                }
            }
        }
    }
}

fn answer(
    state: &State,
    method: &str,
    path: &str,
    condition: &str,
    md5: Option<String>,
    mut body: Vec<u8>,
) -> (u16, String, Vec<u8>) {
    let tag = |bytes: &[u8]| format!("\"{}\"", hex::encode(Md5::digest(bytes)));
    let error = |code: &str| format!("<Error><Code>{code}</Code></Error>").into_bytes();
    let mut objects = state.objects.lock().unwrap();
    if method != "PUT" {
        return match objects.get(path) {
            Some(bytes) => (200, tag(bytes), bytes.clone()),
            None => (404, "none".into(), error("NoSuchKey")),
        };
    }
    match state.uploads.lock().unwrap().pop_front() {
        None | Some(Upload::Whole) => {}
        Some(Upload::Flipped) => body[0] ^= 1,
        Some(Upload::Cut) => body.truncate(body.len() / 2),
    }
    let found = objects.get(path).map(|bytes| tag(bytes));
    let holds = match condition.trim().split_once(' ') {
        Some((_, wanted)) => found.is_some_and(|found| found == wanted),
        None => condition.is_empty() || found.is_none(),
    };
    let digest = <base64ct::Base64 as base64ct::Encoding>::encode_string(&Md5::digest(&body));
    if state.checks && md5.is_none_or(|md5| md5 != digest) {
        return (400, "none".into(), error("BadDigest"));
    }
    if !holds {
        return (412, "none".into(), error("PreconditionFailed"));
    }
    let tag = tag(&body);
    objects.insert(path.to_owned(), body);
    (200, tag, Vec::new())
}
