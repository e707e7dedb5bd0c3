//! What the S3 store makes of servers that are slow, overloaded, wrong or gone, with a server of
//! scripted answers in their place.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_lite::future::block_on;
use sealwood::Error;
use sealwood::blob::{
    BlobStore, ETag, Precondition, RetryPolicy, S3Config, S3Credentials, S3Signing, S3Store,
    StoreGetOptions,
};

/// What the server does with one request.
#[derive(Clone, Copy)]
enum Answer {
    /// Answers with this status and body, under the tag `"tag"`.
    Status(u16, &'static str),
    /// Answers 200 with this body, of which the end alone tells the length.
    Untold(&'static str),
    /// Answers 503 and asks to be left alone for so many seconds.
    Busy(&'static str),
    /// Answers with a redirect to this server.
    Redirect(&'static str),
    /// Closes the connection without an answer.
    Close,
    /// Announces more bytes than it sends.
    CutOff,
    /// Never answers.
    Hang,
}

/// A request as it arrived.
#[derive(Debug, Clone)]
struct Request {
    line: String,
    headers: String,
    body: String,
}

struct Server {
    endpoint: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// A server that gives these answers, one for each request, and the last for all that follow.
    fn start(answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (recorded, mut answers) = (requests.clone(), VecDeque::from(answers.to_vec()));
        std::thread::spawn(move || {
            let mut hanging = Vec::new();
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                let Some(request) = read_request(&mut connection) else { continue };
                recorded.lock().unwrap().push(request.clone());
                let answer = answers[0];
                if answers.len() > 1 {
                    answers.pop_front();
                }
                if let Answer::Hang = answer {
                    hanging.push(connection);
                } else {
                    // The client may be gone, which is no concern of a server.
                    drop(send_answer(&mut connection, answer, &request));
                }
            }
        });
        Self { endpoint, requests }
    }

    fn store(&self) -> S3Store {
        S3Store::new(self.config()).unwrap()
    }

    fn config(&self) -> S3Config {
        let address = format!("s3://bucket/prefix?endpoint={}", self.endpoint);
        let credentials = S3Credentials::new("id", "secret").with_session_token("token");
        let mut config = S3Config::from_address(&address, credentials).unwrap();
        let wait = Duration::from_micros(10);
        config.retry =
            RetryPolicy { attempts_max: 3, base: wait, cap: wait, ..RetryPolicy::default() };
        config
    }

    fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    fn methods(&self) -> Vec<String> {
        let method = |request: &Request| request.line.split(' ').next().unwrap().to_owned();
        self.requests().iter().map(method).collect()
    }
}

fn read_request(connection: &mut TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut headers = String::new();
    while !headers.ends_with("\r\n\r\n") && headers != "\r\n" {
        reader.read_line(&mut headers).ok().filter(|read| *read > 0)?;
    }
    let headers = headers.to_lowercase();
    let length = headers.lines().find_map(|header| header.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some(Request { line, headers, body: String::from_utf8(body).unwrap() })
}

fn send_answer(
    connection: &mut TcpStream,
    answer: Answer,
    request: &Request,
) -> std::io::Result<()> {
    let length = |length: usize| format!("Content-Length: {length}\r\n");
    let (status, header, body) = match answer {
        Answer::Status(status, body) => (status, length(body.len()), body),
        Answer::Untold(body) => (200, String::new(), body),
        Answer::Redirect(to) => (307, format!("Location: {to}\r\n{}", length(0)), ""),
        Answer::Busy(seconds) => (503, format!("Retry-After: {seconds}\r\n{}", length(0)), ""),
        Answer::CutOff => (200, length(8), "half"),
        Answer::Close | Answer::Hang => return Ok(()),
    };
    let body = if request.line.starts_with("HEAD") { "" } else { body };
    write!(
        connection,
        "HTTP/1.1 {status} X\r\nETag: \"tag\"\r\n{header}Connection: close\r\n\r\n{body}"
    )
}

const OK: Answer = Answer::Status(200, "");
const MISSING: Answer = Answer::Status(404, "");
const REFUSED: Answer = Answer::Status(412, "");
const CONFLICT: Answer =
    Answer::Status(409, "<Error><Code>ConditionalRequestConflict</Code></Error>");

fn put(server: &Server, condition: Precondition) -> Result<ETag, Error> {
    block_on(server.store().put("root", "ours".into(), condition))
}

fn get(server: &Server) -> Result<String, Error> {
    let found = block_on(server.store().get("root"));
    found.map(|found| String::from_utf8(found.bytes.to_vec()).unwrap())
}

fn code<T>(outcome: Result<T, Error>) -> &'static str {
    outcome.map(drop).unwrap_err().code()
}

#[test]
fn overload_and_lost_connections_are_tried_again() {
    for trouble in [
        Answer::Status(429, ""),
        Answer::Status(500, ""),
        Answer::Status(503, "<Error><Code>SlowDown</Code></Error>"),
        Answer::Close,
        Answer::CutOff,
    ] {
        let server = Server::start(&[trouble, trouble, Answer::Status(200, "found")]);
        assert_eq!(get(&server).unwrap(), "found");
        assert_eq!(server.methods(), ["GET"; 3]);
    }
}

#[test]
fn a_busy_server_is_left_alone_as_long_as_it_asks() {
    let server = Server::start(&[Answer::Busy("1"), Answer::Status(200, "found")]);
    let started = Instant::now();
    assert_eq!(get(&server).unwrap(), "found");
    assert!(started.elapsed() >= Duration::from_secs(1));
    // An hour is more than it may ask for.
    let server = Server::start(&[Answer::Busy("3600"), Answer::Status(200, "found")]);
    let mut config = server.config();
    config.retry.retry_after_max = Duration::from_millis(1);
    let store = S3Store::new(config).unwrap();
    assert_eq!(block_on(store.get("root")).unwrap().bytes, "found");
}

#[test]
fn attempts_are_bounded() {
    let server = Server::start(&[Answer::Status(503, "")]);
    assert_eq!(code(get(&server)), "store-unavailable");
    assert_eq!(code(put(&server, Precondition::None)), "store-unavailable");
    assert_eq!(server.methods(), ["GET", "GET", "GET", "PUT", "PUT", "PUT"]);
}

#[test]
fn a_silent_server_times_out() {
    let server = Server::start(&[Answer::Hang]);
    let mut config = server.config();
    config.idle_timeout = Duration::from_millis(50);
    let store = S3Store::new(config).unwrap();
    assert_eq!(code(block_on(store.get("root"))), "store-unavailable");
}

#[test]
fn final_answers_are_not_repeated() {
    for (status, body, expected) in [
        (403, "<Error><Code>AccessDenied</Code></Error>", "store-denied"),
        (404, "", "object-missing"),
        (501, "", "store-failed"),
        (507, "", "store-full"),
        (307, "", "store-failed"),
        (200, long(5 << 20), "object-corrupt"),
    ] {
        let server = Server::start(&[Answer::Status(status, body)]);
        let mut config = server.config();
        config.object_bytes_max = 1 << 20;
        let store = S3Store::new(config).unwrap();
        assert_eq!(code(block_on(store.get("root"))), expected, "{status}");
        assert_eq!(server.methods().len(), 1, "{status}");
    }
}

fn long(bytes: usize) -> &'static str {
    Box::leak("x".repeat(bytes).into_boxed_str())
}

/// Whether or not its length is told, and both below and above what is read of any answer.
#[test]
fn an_object_beyond_what_was_asked_for_is_no_object_of_ours() {
    for (bytes, bytes_max, is_taken) in [
        (100, 100, true),
        (100, 99, false),
        (200 << 10, 200 << 10, true),
        (200 << 10, (200 << 10) - 1, false),
        (200 << 10, 99, false),
        // No wish goes beyond what the store is configured for.
        (2 << 20, 4 << 20, false),
    ] {
        for answer in [Answer::Status(200, long(bytes)), Answer::Untold(long(bytes))] {
            let server = Server::start(&[answer]);
            let mut config = server.config();
            config.object_bytes_max = 1 << 20;
            let store = S3Store::new(config).unwrap();
            let options = StoreGetOptions::ANY.with_bytes_max(bytes_max);
            let what = format!("{bytes} of {bytes_max}");
            match block_on(store.get_with("root", &options)) {
                Ok(found) => assert!(is_taken && found.bytes.len() == bytes, "{what}"),
                Err(error) => assert_eq!((is_taken, error.code()), (false, "object-corrupt")),
            }
            assert_eq!(server.methods(), ["GET"], "{what}");
        }
    }
}

/// A page for people may be long, and says nothing of an object.
#[test]
fn a_refusal_of_any_length_is_what_its_status_says() {
    let page = long(5 << 20);
    let busy = Answer::Status(503, page);
    let server = Server::start(&[busy, Answer::Status(200, "found")]);
    assert_eq!(get(&server).unwrap(), "found");
    let server = Server::start(&[busy, OK]);
    put(&server, Precondition::None).unwrap();
    for (status, expected) in [(403, "store-denied"), (404, "store-failed"), (507, "store-full")] {
        let server = Server::start(&[Answer::Status(status, page)]);
        assert_eq!(code(get(&server)), expected);
        assert_eq!(code(put(&server, Precondition::None)), expected);
        assert_eq!(server.methods(), ["GET", "PUT"]);
    }
}

#[test]
fn a_failed_precondition_is_final() {
    let server = Server::start(&[REFUSED]);
    assert_eq!(code(put(&server, Precondition::Absent)), "precondition-failed");
    assert_eq!(server.methods(), ["PUT"]);
}

#[test]
fn a_put_whose_answer_was_lost_is_found_to_have_landed() {
    for condition in [Precondition::Absent, Precondition::Matches(ETag("\"old\"".into()))] {
        let server = Server::start(&[Answer::Close, REFUSED, Answer::Status(200, "ours")]);
        assert_eq!(put(&server, condition).unwrap(), ETag("\"tag\"".into()));
        assert_eq!(server.methods(), ["PUT", "PUT", "GET"]);
    }
}

#[test]
fn a_put_that_lost_is_not_mistaken_for_one_that_landed() {
    let server = Server::start(&[Answer::Close, REFUSED, Answer::Status(200, "theirs")]);
    assert_eq!(code(put(&server, Precondition::Absent)), "precondition-failed");
    assert_eq!(server.methods(), ["PUT", "PUT", "GET"]);
}

#[test]
fn a_conflict_is_a_lost_race_only_if_the_other_won() {
    // The other request came to nothing: ours is sent again.
    let server = Server::start(&[CONFLICT, MISSING, OK]);
    assert!(put(&server, Precondition::Absent).is_ok());
    assert_eq!(server.methods(), ["PUT", "HEAD", "PUT"]);
    let server = Server::start(&[CONFLICT, OK, OK]);
    assert!(put(&server, Precondition::Matches(ETag("\"tag\"".into()))).is_ok());
    assert_eq!(server.methods(), ["PUT", "HEAD", "PUT"]);
    // It took the place.
    let server = Server::start(&[CONFLICT, OK]);
    assert_eq!(code(put(&server, Precondition::Absent)), "precondition-failed");
    assert_eq!(server.methods(), ["PUT", "HEAD"]);
    let server = Server::start(&[CONFLICT, OK]);
    let stale = Precondition::Matches(ETag("\"old\"".into()));
    assert_eq!(code(put(&server, stale)), "precondition-failed");
    assert_eq!(server.methods(), ["PUT", "HEAD"]);
}

#[test]
fn a_match_with_nothing_there_is_a_failed_precondition() {
    let server = Server::start(&[Answer::Status(404, "<Error><Code>NoSuchKey</Code></Error>")]);
    let condition = Precondition::Matches(ETag("\"old\"".into()));
    assert_eq!(code(put(&server, condition)), "precondition-failed");
}

#[test]
fn conditions_and_checksums_are_sent_and_signed_and_secrets_are_not_sent() {
    let server = Server::start(&[OK]);
    put(&server, Precondition::None).unwrap();
    put(&server, Precondition::Absent).unwrap();
    put(&server, Precondition::Matches(ETag("\"e\"".into()))).unwrap();
    let requests = server.requests();
    for (request, header, condition) in [
        (&requests[0], "", ""),
        (&requests[1], "if-none-match: *\r\n", "if-none-match;"),
        (&requests[2], "if-match: \"e\"\r\n", "if-match;"),
    ] {
        assert_eq!(request.line, "PUT /bucket/prefix/root HTTP/1.1\r\n");
        let signed = format!(
            "signedheaders=content-md5;host;{condition}x-amz-content-sha256;x-amz-date;\
             x-amz-security-token, "
        );
        for part in [
            header,
            &signed,
            "content-md5: q9x5phakd5eqvmwji5iyxw==\r\n",
            "x-amz-security-token: token\r\n",
            "x-amz-content-sha256: \
             ae0bec9e9d33c56354bd612c8a6010840324fc5b9786ce0a18b696b304b09397\r\n",
        ] {
            assert!(request.headers.contains(part), "{part}: {}", request.headers);
        }
        assert!(!request.headers.contains("secret"));
        assert_eq!(request.body, "ours");
    }
    assert!(!requests[0].headers.contains("if-"), "{}", requests[0].headers);
}

#[test]
fn signatures_stand_in_urls_where_that_is_asked_for() {
    let server = Server::start(&[OK]);
    let mut config = server.config();
    config.signing = S3Signing::Url;
    let store = S3Store::new(config).unwrap();
    block_on(store.put("root", "ours".into(), Precondition::Absent)).unwrap();
    let request = &server.requests()[0];
    for part in ["X-Amz-SignedHeaders=content-md5%3Bhost%3Bif-none-match&", "X-Amz-Signature="] {
        assert!(request.line.contains(part), "{}", request.line);
    }
    assert!(!request.headers.contains("authorization"), "{}", request.headers);
}

#[test]
fn no_signature_and_no_token_stands_in_an_error() {
    let echo: &str = "<Error><Code>InvalidRequest</Code><Message>\
        0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef</Message></Error>";
    for signing in [S3Signing::Header, S3Signing::Url] {
        for answer in [Answer::Close, Answer::Status(400, echo), Answer::Status(302, "")] {
            let server = Server::start(&[answer]);
            let mut config = server.config();
            config.signing = signing;
            let store = S3Store::new(config).unwrap();
            let text = format!("{:?}", block_on(store.get("root")).unwrap_err());
            for secret in ["Signature", "token", "01234567", "secret"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Server::start(&[Answer::Status(200, "theirs")]);
    let server = Server::start(&[Answer::Redirect(elsewhere.endpoint.clone().leak())]);
    let store = server.store();
    let refused = block_on(store.get("root")).unwrap_err();
    assert!(refused.to_string().contains("redirected to 127.0.0.1"), "{refused}");
    assert_eq!(code(block_on(store.delete("root"))), "store-failed");
    assert_eq!(elsewhere.methods(), [""; 0]);
}

#[test]
fn a_success_that_is_none_is_told() {
    const ERROR: Answer =
        Answer::Status(200, "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>");
    const PAGE: Answer = Answer::Status(200, "<!DOCTYPE html><html>sign in</html>");
    for (answer, expected) in [(ERROR, "store-denied"), (PAGE, "store-failed")] {
        let server = Server::start(&[answer]);
        assert_eq!(code(put(&server, Precondition::None)), expected);
        assert_eq!(code(get(&server)), expected);
        assert_eq!(code(block_on(server.store().delete("root"))), expected);
        assert_eq!(code(block_on(server.store().get_range("root", 0, 9))), expected);
    }
}

#[test]
fn answers_are_read_to_the_limit_of_what_was_asked_for() {
    let server = Server::start(&[Answer::Status(200, long(100 << 10))]);
    let store = server.store();
    assert_eq!(code(block_on(store.get_range("root", 0, 9))), "store-failed");
    assert_eq!(code(block_on(store.put("root", "x".into(), Precondition::None))), "store-failed");
    assert_eq!(code(block_on(store.delete("root"))), "store-failed");
    assert!(block_on(store.get("root")).is_ok());
}

#[test]
fn a_server_that_ignores_conditions_is_refused() {
    let server = Server::start(&[OK]);
    let refused = block_on(server.store().probe()).unwrap_err();
    assert_eq!(refused.code(), "conditional-put-unsupported");
    let deletes = ["DELETE"; 3];
    assert_eq!(server.methods(), [&deletes[..], &["PUT", "PUT"], &deletes].concat());
    const NO: Answer = Answer::Status(501, "");
    // Refused with the header, taken without it, refused again.
    let server = Server::start(&[OK, OK, OK, NO, OK, NO, OK]);
    let refused = block_on(server.store().probe()).unwrap_err();
    assert_eq!(refused.code(), "conditional-put-unsupported");
    // One that refuses everything has failed in some other way.
    let server = Server::start(&[OK, OK, OK, NO]);
    let refused = block_on(server.store().probe()).unwrap_err();
    assert_eq!(refused.code(), "store-failed");
}

#[test]
fn listings_that_are_not_what_was_asked_are_refused() {
    const OTHER: &str = r#"<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Contents><Key>elsewhere/a</Key><Size>1</Size></Contents></ListBucketResult>"#;
    for body in [OTHER, "", "<html>sign in</html>"] {
        let server = Server::start(&[Answer::Status(200, body)]);
        let refused = block_on(server.store().list("", None, 1)).unwrap_err();
        assert_eq!(refused.code(), "store-failed", "{body}");
    }
}
