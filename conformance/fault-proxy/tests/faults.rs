//! Every fault does what it says, in front of a server that keeps what it is given.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sealwood_fault_proxy::{Fault, Proxy, Rule};

/// Keeps the bodies of PUTs by path, whole or not, and gives them to GETs; chunked below
/// `/chunked`.
struct Server {
    address: String,
    kept: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let kept = Arc::new(Mutex::default());
        let server = Self { address, kept: Arc::clone(&kept) };
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || serve(&connection.unwrap(), &kept));
            }
        });
        server
    }

    fn kept(&self, path: &str) -> Option<Vec<u8>> {
        self.kept.lock().unwrap().get(path).cloned()
    }
}

fn serve(mut connection: &TcpStream, kept: &Mutex<BTreeMap<String, Vec<u8>>>) {
    let mut reader = BufReader::new(connection);
    while let Some((line, headers)) = read_head(&mut reader) {
        let mut words = line.split(' ');
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        if method == "PUT" {
            let mut body = Vec::new();
            (&mut reader).take(length(&headers)).read_to_end(&mut body).unwrap();
            kept.lock().unwrap().insert(path.to_owned(), body);
        }
        let body = match method {
            "GET" => kept.lock().unwrap().get(path).cloned().unwrap_or_default(),
            _ => Vec::new(),
        };
        let answer = if path.starts_with("/chunked") && !body.is_empty() {
            let half = body.len() / 2;
            let mut answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
            for chunk in [&body[..half], &body[half..]] {
                answer.extend(format!("{:x}\r\n", chunk.len()).bytes());
                answer.extend(chunk);
                answer.extend(b"\r\n");
            }
            answer.extend(b"0\r\n\r\n");
            answer
        } else {
            let length = body.len();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
            [head.as_bytes(), &body].concat()
        };
        if connection.write_all(&answer).is_err() {
            return;
        }
    }
}

fn read_head(reader: &mut impl BufRead) -> Option<(String, String)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut headers = String::new();
    while !headers.ends_with("\r\n\r\n") && headers != "\r\n" {
        reader.read_line(&mut headers).ok().filter(|read| *read > 0)?;
    }
    Some((line, headers.to_lowercase()))
}

fn length(headers: &str) -> u64 {
    let length = headers.lines().find_map(|header| header.strip_prefix("content-length: "));
    length.map_or(0, |length| length.parse().unwrap())
}

/// One connection of a client.
struct Client {
    reader: BufReader<TcpStream>,
}

/// The status line and headers, and what came of the body.
type Answer = (String, Vec<u8>);

impl Client {
    fn of(proxy: &Proxy) -> Self {
        let connection = TcpStream::connect(proxy.address()).unwrap();
        Self { reader: BufReader::new(connection) }
    }

    fn put(&mut self, path: &str, body: &[u8]) -> Option<Answer> {
        let length = body.len();
        let head = format!("PUT {path} HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n");
        self.send(&[head.as_bytes(), body].concat())
    }

    fn get(&mut self, path: &str) -> Option<Answer> {
        self.send(format!("GET {path}?a=b HTTP/1.1\r\nHost: h\r\n\r\n").as_bytes())
    }

    /// None if the connection ended without an answer.
    fn send(&mut self, request: &[u8]) -> Option<Answer> {
        // A connection that is cut takes no more.
        drop(self.reader.get_ref().write_all(request));
        let (line, headers) = read_head(&mut self.reader)?;
        let mut body = Vec::new();
        if headers.contains("chunked") {
            loop {
                let mut size = String::new();
                self.reader.read_line(&mut size).unwrap();
                let size = u64::from_str_radix(size.trim(), 16).unwrap();
                (&mut self.reader).take(size).read_to_end(&mut body).unwrap();
                self.reader.read_line(&mut String::new()).unwrap();
                if size == 0 {
                    break;
                }
            }
        } else {
            (&mut self.reader).take(length(&headers)).read_to_end(&mut body).unwrap();
        }
        Some((line + &headers, body))
    }
}

fn start() -> (Server, Proxy) {
    let server = Server::start();
    let proxy = Proxy::start(&server.address).unwrap();
    (server, proxy)
}

#[test]
fn what_meets_no_rule_passes_and_is_counted() {
    let (server, proxy) = start();
    let mut client = Client::of(&proxy);
    let large = vec![7; 300_000];
    for path in ["/a", "/chunked"] {
        client.put(path, &large).unwrap();
        assert_eq!(server.kept(path).as_ref(), Some(&large));
    }
    assert_eq!(client.get("/a"), Client::of(&proxy).get("/a"));
    let trace = proxy.reset();
    assert_eq!(trace.exchanges.len(), 4);
    assert_eq!(trace.exchanges[2].query, "a=b");
    let totals = trace.totals();
    assert_eq!((totals.requests, totals.serial_depth, totals.connections), (4, 4, 2));
    // Gets name another path with their query, so the server has nothing there.
    assert_eq!((totals.bytes_up, totals.bytes_down), (600_000, 0));
    assert_eq!(proxy.totals().requests, 0);
}

#[test]
fn answers_come_whole_in_either_framing() {
    let (_server, proxy) = start();
    let mut client = Client::of(&proxy);
    let large: Vec<u8> = (0..200_000_u32).map(|at| at as u8).collect();
    for path in ["/a?a=b", "/chunked?a=b"] {
        client.put(path, &large).unwrap();
        let (_, body) = client.get(path.trim_end_matches("?a=b")).unwrap();
        assert!(body == large);
    }
    assert_eq!(proxy.totals().bytes_down, 400_000);
    assert_eq!(proxy.totals().connections, 1);
}

#[test]
fn a_request_is_flipped_or_cut_on_its_way() {
    let (server, proxy) = start();
    let flip = proxy.add(Rule::once("PUT", "/f*", Fault::FlipRequest(12)));
    Client::of(&proxy).put("/first", b"0123456789").unwrap();
    assert_eq!(server.kept("/first").unwrap(), b"0133456789");
    assert_eq!(flip.hits(), 1);
    Client::of(&proxy).put("/first", b"0123456789").unwrap();
    assert_eq!(server.kept("/first").unwrap(), b"0123456789");
    let cut = proxy.add(Rule::once("PUT", "/cut", Fault::CutRequest(4)));
    assert_eq!(Client::of(&proxy).put("/cut", b"0123456789"), None);
    cut.wait_for_hits(1);
    assert_eq!(server.kept("/cut").unwrap(), b"0123");
}

#[test]
fn an_answer_is_flipped_cut_or_lost() {
    let (server, proxy) = start();
    for path in ["/a?a=b", "/chunked?a=b"] {
        Client::of(&proxy).put(path, b"0123456789").unwrap();
        let path = path.trim_end_matches("?a=b");
        proxy.add(Rule::once("GET", path, Fault::FlipAnswer(5)));
        assert_eq!(Client::of(&proxy).get(path).unwrap().1, b"0123446789");
    }
    proxy.add(Rule::once("GET", "/a", Fault::CutAnswer(4)));
    assert_eq!(Client::of(&proxy).get("/a").unwrap().1, b"0123");
    proxy.add(Rule::once("PUT", "/lost", Fault::LoseAnswer));
    assert_eq!(Client::of(&proxy).put("/lost", b"x"), None);
    assert_eq!(server.kept("/lost").unwrap(), b"x");
}

#[test]
fn answers_are_made_up_and_the_server_never_asked() {
    let (server, proxy) = start();
    let mut client = Client::of(&proxy);
    for (rule, words) in [
        ("status=503:5 times=1", ["http/1.1 503", "retry-after: 5", ""]),
        ("redirect=http://elsewhere/ times=1", ["307", "location: http://elsewhere/", ""]),
        ("html times=1", ["200", "etag", "sign in"]),
    ] {
        proxy.add(rule.parse().unwrap());
        let (head, body) = client.put("/a", b"x").unwrap();
        let said = head.to_lowercase() + &String::from_utf8(body).unwrap();
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    }
    assert_eq!(server.kept("/a"), None);
    client.put("/a", b"x").unwrap();
    assert_eq!(server.kept("/a").unwrap(), b"x");
}

#[test]
fn silence_lasts_until_the_client_leaves() {
    let (_server, proxy) = start();
    let silence = proxy.add(Rule::always(Fault::Silence));
    let client = Client::of(&proxy);
    client.reader.get_ref().write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    silence.wait_for_hits(1);
    assert_eq!(proxy.trace().exchanges[0].ended, None);
    client.reader.get_ref().shutdown(Shutdown::Both).unwrap();
    drop(proxy);
}

#[test]
fn a_slow_line_takes_at_least_its_time() {
    let (_server, proxy) = start();
    proxy.add(Rule::always(Fault::Rate(100_000)));
    proxy.add(Rule::always(Fault::Delay(Duration::from_millis(50))));
    let before = Instant::now();
    Client::of(&proxy).put("/a", &vec![0; 20_000]).unwrap();
    assert!(before.elapsed() >= Duration::from_millis(250));
}
