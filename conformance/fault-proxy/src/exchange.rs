//! One connection of a client: each request passed on, and its answer passed back, with the faults
//! it meets.

use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::http::{BodyReader, Framing, Head, write_end, write_piece};
use crate::link::{Direction, PIECE_BYTES};
use crate::rule::Fault;
use crate::shared::{Active, Place, Shared};

/// How long a server may take to make something of a request that was cut off.
const CUT_PATIENCE: Duration = Duration::from_secs(2);

/// What a gateway that wants a login says.
const PAGE: &str = "<!DOCTYPE html><html><body>Please sign in to this network.</body></html>";

/// What becomes of the connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Next,
    Close,
}

/// The connection to the server that belongs to one of a client.
struct Upstream {
    reader: BufReader<TcpStream>,
}

/// Serves requests until either side ends the connection.
pub(crate) fn serve(client: &TcpStream, number: u64, shared: &Arc<Shared>) {
    let _ = client.set_nodelay(true);
    let mut from_client = BufReader::new(client);
    let mut upstream = None;
    // An error is a connection that one side gave up, which ends both.
    while let Ok(Some(head)) = Head::read(&mut from_client) {
        let mut words = head.line.split(' ');
        let method = words.next().unwrap_or_default().to_owned();
        let target = words.next().unwrap_or_default().to_owned();
        let (place, rules) = shared.begin(&method, &target, number);
        let exchange = Exchange { shared, place, rules, method };
        let then = exchange.run(head, &mut from_client, client, &mut upstream);
        shared.end(place);
        if !matches!(then, Ok(Then::Next)) {
            break;
        }
    }
}

struct Exchange<'a> {
    shared: &'a Shared,
    place: Place,
    rules: Vec<Arc<Active>>,
    method: String,
}

impl Exchange<'_> {
    fn run(
        &self,
        mut head: Head,
        from_client: &mut BufReader<&TcpStream>,
        mut client: &TcpStream,
        upstream: &mut Option<Upstream>,
    ) -> io::Result<Then> {
        for fault in self.faults() {
            if let Fault::Delay(delay) = fault {
                thread::sleep(*delay);
            }
        }
        if head.header("expect").is_some() {
            // The server is not asked, so that its answer is always the one after the body.
            head.remove("expect");
            client.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let closes = head.closes();
        let fault = self.faults().find(|fault| !matches!(fault, Fault::Delay(_) | Fault::Rate(_)));
        let made_up = match fault {
            Some(Fault::Silence) => {
                // Until the client gives up, or the proxy ends.
                io::copy(from_client, &mut io::sink())?;
                return Ok(Then::Close);
            }
            Some(Fault::Status(code, wait)) => {
                let wait = wait.map_or(String::new(), |wait| format!("Retry-After: {wait}\r\n"));
                Some((*code, wait, ""))
            }
            Some(Fault::Redirect(url)) => Some((307, format!("Location: {url}\r\n"), "")),
            Some(Fault::Html) => {
                Some((200, "Content-Type: text/html\r\nETag: \"page\"\r\n".to_owned(), PAGE))
            }
            _ => None,
        };
        if let Some((status, headers, body)) = made_up {
            let mut reader = BodyReader::new(head.request_framing()?);
            while let Some(piece) = reader.next(from_client, PIECE_BYTES)? {
                self.moved(Direction::Up, piece.len());
            }
            let length = body.len();
            let body = if self.method == "HEAD" { "" } else { body };
            self.answers(status, body.len());
            let answer = format!(
                "HTTP/1.1 {status} Made Up\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
            );
            client.write_all(answer.as_bytes())?;
            return Ok(if closes { Then::Close } else { Then::Next });
        }
        let server = match upstream.take().filter(Upstream::is_open) {
            Some(server) => upstream.insert(server),
            None => upstream.insert(Upstream::connect(self.shared)?),
        };
        if self.send_request(&head, from_client, server, fault)? == Then::Close {
            return Ok(Then::Close);
        }
        let then = self.pass_answer(client, server, fault)?;
        Ok(if closes { Then::Close } else { then })
    }

    fn send_request(
        &self,
        head: &Head,
        from_client: &mut BufReader<&TcpStream>,
        server: &mut Upstream,
        fault: Option<&Fault>,
    ) -> io::Result<Then> {
        let framing = head.request_framing()?;
        let mut to_server = server.reader.get_ref();
        // A server that has refused already is heard all the same, once the client has sent all.
        let mut takes = to_server.write_all(&head.to_bytes()).is_ok();
        let mut reader = BodyReader::new(framing);
        let mut sent = 0;
        let flipped = match fault {
            Some(Fault::FlipRequest(offset)) => flip_at(*offset, framing),
            _ => None,
        };
        loop {
            let mut bytes_max = self.piece_bytes();
            if let Some(Fault::CutRequest(bytes)) = fault {
                if sent >= *bytes {
                    return self.cut_request(server);
                }
                bytes_max = bytes_max.min(usize::try_from(*bytes - sent).unwrap_or(usize::MAX));
            }
            let Some(mut piece) = reader.next(from_client, bytes_max)? else { break };
            self.moved(Direction::Up, piece.len());
            flip(&mut piece, sent, flipped);
            sent += piece.len() as u64;
            takes = takes && write_piece(&mut to_server, framing, &piece).is_ok();
        }
        if takes {
            // Whether it was heard tells the answer.
            drop(write_end(&mut to_server, framing));
        }
        Ok(Then::Next)
    }

    /// Ends the server's connection in the middle of a request, and lets it make of that what it
    /// does before the client hears of it.
    fn cut_request(&self, server: &mut Upstream) -> io::Result<Then> {
        let connection = server.reader.get_ref();
        connection.shutdown(Shutdown::Write)?;
        connection.set_read_timeout(Some(CUT_PATIENCE))?;
        drop(io::copy(&mut server.reader, &mut io::sink()));
        Ok(Then::Close)
    }

    fn pass_answer(
        &self,
        mut client: &TcpStream,
        server: &mut Upstream,
        fault: Option<&Fault>,
    ) -> io::Result<Then> {
        let (head, status) = loop {
            let head = Head::read(&mut server.reader)?.ok_or(io::ErrorKind::UnexpectedEof)?;
            let status = head.words().nth(1).and_then(|word| word.parse::<u16>().ok());
            let status = status.ok_or_else(|| io::Error::other("an answer has no status"))?;
            if status >= 200 {
                break (head, status);
            }
        };
        let framing = head.answer_framing(&self.method, status)?;
        let mut reader = BodyReader::new(framing);
        if let Some(Fault::LoseAnswer) = fault {
            while reader.next(&mut server.reader, PIECE_BYTES)?.is_some() {}
            return Ok(Then::Close);
        }
        let flipped = match fault {
            Some(Fault::FlipAnswer(offset)) => flip_at(*offset, framing),
            _ => None,
        };
        let mut received = 0;
        // The head goes with the first piece, so that the end is noted before the client sees it.
        let mut held = head.to_bytes();
        self.answers(status, 0);
        loop {
            let mut bytes_max = self.piece_bytes();
            if let Some(Fault::CutAnswer(bytes)) = fault {
                if received >= *bytes {
                    client.write_all(&held)?;
                    return Ok(Then::Close);
                }
                bytes_max = bytes_max.min(usize::try_from(*bytes - received).unwrap_or(usize::MAX));
            }
            let Some(mut piece) = reader.next(&mut server.reader, bytes_max)? else { break };
            self.moved(Direction::Down, piece.len());
            flip(&mut piece, received, flipped);
            received += piece.len() as u64;
            write_piece(&mut held, framing, &piece)?;
            if reader.is_done() {
                break;
            }
            client.write_all(&held)?;
            held.clear();
        }
        write_end(&mut held, framing)?;
        self.shared.end(self.place);
        client.write_all(&held)?;
        let ends = framing == Framing::UntilClose || head.closes();
        Ok(if ends { Then::Close } else { Then::Next })
    }

    fn faults(&self) -> impl Iterator<Item = &Fault> {
        self.rules.iter().map(|rule| rule.fault())
    }

    fn piece_bytes(&self) -> usize {
        let slow = self.rules.iter().filter_map(|rule| rule.link.as_ref());
        slow.map(|link| link.piece_bytes()).min().unwrap_or(PIECE_BYTES)
    }

    /// Counts bytes of a body, and waits until slow lines have them through.
    fn moved(&self, direction: Direction, bytes: usize) {
        for link in self.rules.iter().filter_map(|rule| rule.link.as_ref()) {
            link.pass(direction, bytes);
        }
        self.shared.note(self.place, |exchange| match direction {
            Direction::Up => exchange.bytes_up += bytes as u64,
            Direction::Down => exchange.bytes_down += bytes as u64,
        });
    }

    /// Notes the answer of an exchange; with a body that is known already, its end too.
    fn answers(&self, status: u16, bytes_down: usize) {
        self.shared.note(self.place, |exchange| {
            exchange.status = Some(status);
            exchange.bytes_down += bytes_down as u64;
        });
    }
}

impl Upstream {
    fn connect(shared: &Shared) -> io::Result<Self> {
        let connection = TcpStream::connect(shared.upstream)?;
        connection.set_nodelay(true)?;
        Ok(Self { reader: BufReader::new(connection) })
    }

    /// Whether the server has not ended the connection since the last answer.
    fn is_open(&self) -> bool {
        let mut connection = self.reader.get_ref();
        let would_wait = |error: io::Error| error.kind() == io::ErrorKind::WouldBlock;
        self.reader.buffer().is_empty()
            && connection.set_nonblocking(true).is_ok()
            && connection.read(&mut [0]).is_err_and(would_wait)
            && connection.set_nonblocking(false).is_ok()
    }
}

/// The place of the byte to flip.
fn flip_at(offset: u64, framing: Framing) -> Option<u64> {
    match framing {
        Framing::Length(length) => offset.checked_rem(length),
        Framing::Chunked | Framing::UntilClose => Some(offset),
    }
}

fn flip(piece: &mut [u8], starts_at: u64, flipped: Option<u64>) {
    let place = flipped.and_then(|flipped| flipped.checked_sub(starts_at));
    if let Some(byte) = place.and_then(|at| piece.get_mut(usize::try_from(at).ok()?)) {
        *byte ^= 1;
    }
}
