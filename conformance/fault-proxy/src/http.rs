//! As much of HTTP/1.1 as passing it on takes: heads, and where bodies end.

use std::io::{self, BufRead, Error, Write};

use crate::link::PIECE_BYTES;

/// The longest head, in bytes.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// The first line of a message and its headers.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    /// The request or status line.
    pub(crate) line: String,
    headers: Vec<(String, String)>,
}

/// Where a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// After so many bytes.
    Length(u64),
    /// After an empty chunk.
    Chunked,
    /// With the connection.
    UntilClose,
}

impl Head {
    /// Reads a head; none if the connection ended before it.
    pub(crate) fn read(from: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut size = 0;
        let mut next_line = || {
            let mut line = Vec::new();
            while !from.fill_buf()?.is_empty() {
                let buffer = from.fill_buf()?;
                let end = buffer.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
                let taken = end.unwrap_or(buffer.len());
                line.extend_from_slice(&buffer[..taken]);
                from.consume(taken);
                size += taken;
                if size > HEAD_BYTES_MAX {
                    return Err(Error::other("a head is too long"));
                }
                if end.is_some() {
                    break;
                }
            }
            let line = String::from_utf8(line).map_err(|_| Error::other("a head is not UTF-8"))?;
            Ok((!line.is_empty()).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
        };
        let Some(line) = next_line()? else { return Ok(None) };
        let mut headers = Vec::new();
        loop {
            let header = next_line()?.ok_or(io::ErrorKind::UnexpectedEof)?;
            match header.split_once(':') {
                Some((name, value)) => headers.push((name.to_owned(), value.trim().to_owned())),
                None if header.is_empty() => return Ok(Some(Self { line, headers })),
                None => return Err(Error::other("a header has no colon")),
            }
        }
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let is_it = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.headers.iter().find(is_it).map(|(_, value)| value.as_str())
    }

    /// Takes a header out.
    pub(crate) fn remove(&mut self, name: &str) {
        self.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    }

    /// Whether the connection ends after this message.
    pub(crate) fn closes(&self) -> bool {
        self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }

    /// The words of the first line.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.line.split(' ')
    }

    /// Where the body of a request ends.
    pub(crate) fn request_framing(&self) -> io::Result<Framing> {
        Ok(self.framing()?.unwrap_or(Framing::Length(0)))
    }

    /// Where the body of an answer to `method` ends.
    pub(crate) fn answer_framing(&self, method: &str, status: u16) -> io::Result<Framing> {
        if method == "HEAD" || status == 204 || status == 304 {
            return Ok(Framing::Length(0));
        }
        Ok(self.framing()?.unwrap_or(Framing::UntilClose))
    }

    fn framing(&self) -> io::Result<Option<Framing>> {
        if self.header("transfer-encoding").is_some_and(|value| value.contains("chunked")) {
            return Ok(Some(Framing::Chunked));
        }
        let length = self.header("content-length").map(str::parse).transpose();
        Ok(length.map_err(|_| Error::other("a length is no number"))?.map(Framing::Length))
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{}\r\n", self.line);
        for (name, value) in &self.headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += "\r\n";
        text.into_bytes()
    }
}

/// Reads a body piece by piece, whatever its framing.
#[derive(Debug)]
pub(crate) struct BodyReader {
    framing: Framing,
    /// Bytes left of the body or of the chunk.
    left: u64,
    is_done: bool,
}

impl BodyReader {
    pub(crate) fn new(framing: Framing) -> Self {
        let left = if let Framing::Length(length) = framing { length } else { 0 };
        Self { framing, left, is_done: framing == Framing::Length(0) }
    }

    /// The next at most `bytes_max` bytes; none at the end.
    pub(crate) fn next(
        &mut self,
        from: &mut impl BufRead,
        bytes_max: usize,
    ) -> io::Result<Option<Vec<u8>>> {
        if self.is_done {
            return Ok(None);
        }
        if self.framing == Framing::Chunked && self.left == 0 {
            self.left = chunk_length(from)?;
            if self.left == 0 {
                self.is_done = true;
                while !line(from)?.is_empty() {}
                return Ok(None);
            }
        }
        let buffer = from.fill_buf()?;
        let is_bounded = self.framing != Framing::UntilClose;
        if buffer.is_empty() {
            self.is_done = true;
            return if is_bounded { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(None) };
        }
        let mut length = buffer.len().min(bytes_max).min(PIECE_BYTES);
        if is_bounded {
            length = length.min(usize::try_from(self.left).unwrap_or(usize::MAX));
        }
        let piece = buffer[..length].to_vec();
        from.consume(length);
        if is_bounded {
            self.left -= length as u64;
            match self.framing {
                Framing::Chunked if self.left == 0 => drop(line(from)?),
                Framing::Length(_) => self.is_done = self.left == 0,
                _ => {}
            }
        }
        Ok(Some(piece))
    }

    /// Whether nothing follows the piece that was read last, as far as is known.
    pub(crate) fn is_done(&self) -> bool {
        self.is_done
    }
}

/// Writes a piece of a body.
pub(crate) fn write_piece(to: &mut impl Write, framing: Framing, piece: &[u8]) -> io::Result<()> {
    if framing == Framing::Chunked {
        let mut chunk = format!("{:x}\r\n", piece.len()).into_bytes();
        chunk.extend_from_slice(piece);
        chunk.extend_from_slice(b"\r\n");
        return to.write_all(&chunk);
    }
    to.write_all(piece)
}

/// Writes what ends a body.
pub(crate) fn write_end(to: &mut impl Write, framing: Framing) -> io::Result<()> {
    if framing == Framing::Chunked {
        to.write_all(b"0\r\n\r\n")?;
    }
    to.flush()
}

fn chunk_length(from: &mut impl BufRead) -> io::Result<u64> {
    let line = line(from)?;
    let digits = line.split(';').next().unwrap_or_default().trim();
    u64::from_str_radix(digits, 16).map_err(|_| Error::other("a chunk has no length"))
}

fn line(from: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn read_body(mut from: &[u8], framing: Framing) -> io::Result<(Vec<u8>, Vec<u8>)> {
        let (mut body, mut reader) = (Vec::new(), BodyReader::new(framing));
        while let Some(piece) = reader.next(&mut from, 3)? {
            body.extend(piece);
        }
        Ok((body, from.to_vec()))
    }

    #[test]
    fn a_body_ends_where_its_framing_says() {
        for (framing, text, rest) in [
            (Framing::Length(0), "next", "next"),
            (Framing::Length(5), "helloGET", "GET"),
            (Framing::Chunked, "4\r\nhell\r\n1;x=y\r\no\r\n0\r\n\r\nGET", "GET"),
            (Framing::UntilClose, "hello", ""),
        ] {
            let (body, left) = read_body(text.as_bytes(), framing).unwrap();
            let expected: &[u8] = if framing == Framing::Length(0) { b"" } else { b"hello" };
            assert_eq!((body.as_slice(), left.as_slice()), (expected, rest.as_bytes()));
        }
        for (framing, text) in [
            (Framing::Length(5), "hell"),
            (Framing::Chunked, "4\r\nhel"),
            (Framing::Chunked, "x\r\n"),
        ] {
            assert!(read_body(text.as_bytes(), framing).is_err());
        }
    }

    #[test]
    fn heads_are_passed_on_as_they_are() {
        let text = "PUT /b/k?x=1 HTTP/1.1\r\nHost: h\r\nContent-length: 3\r\nX: a:b\r\n\r\nabc";
        let mut from = text.as_bytes();
        let head = Head::read(&mut from).unwrap().unwrap();
        assert_eq!(String::from_utf8(head.to_bytes()).unwrap() + "abc", text);
        assert_eq!(head.request_framing().unwrap(), Framing::Length(3));
        assert_eq!(head.header("x"), Some("a:b"));
        assert_eq!(from, b"abc");
        assert!(Head::read(&mut &b""[..]).unwrap().is_none());
        assert!(Head::read(&mut &b"GET / HTTP/1.1\r\nHo"[..]).is_err());
        let endless = vec![b'a'; HEAD_BYTES_MAX + 1];
        assert!(Head::read(&mut endless.as_slice()).is_err());
    }
}
