//! TCP connections on which progress shows: a small send buffer, so that what was handed over is
//! soon under way, and a deadline for each read and write of the socket.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use socket2::SockRef;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport,
};
use ureq::{Error, Timeout};

/// What the system may hold of a request that the server has not taken yet. Systems keep up to
/// megabytes by themselves, which on a slow link is minutes without a sign of progress. At 100 ms
/// it still lets each of 16 requests send a megabyte a second.
const SEND_BUFFER_BYTES: usize = 128 << 10;

/// Opens connections, unless one is there already.
#[derive(Debug)]
pub(super) struct TcpConnector;

/// An open connection.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    buffers: LazyBuffers,
}

impl<In: Transport> Connector<In> for TcpConnector {
    type Out = Either<In, Connection>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        if let Some(open) = chained {
            return Ok(Some(Either::A(open)));
        }
        let stream = open(details)?;
        stream.set_nodelay(true)?;
        SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER_BYTES)?;
        let config = details.config;
        let buffers = LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size());
        Ok(Some(Either::B(Connection { stream, buffers })))
    }
}

/// A connection to the first address that takes one; all share the time there is.
fn open(details: &ConnectionDetails<'_>) -> Result<TcpStream, Error> {
    let addresses = u32::try_from(details.addrs.len()).unwrap_or(u32::MAX).max(1);
    let share = wait(details.timeout).map(|wait| wait / addresses);
    let mut failure = Error::HostNotFound;
    for address in &*details.addrs {
        let opened = match share {
            Some(share) => TcpStream::connect_timeout(address, share),
            None => TcpStream::connect(address),
        };
        match opened {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = failed(error, Timeout::Connect),
        }
    }
    Err(failure)
}

impl Transport for Connection {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let timeout = timeout.for_write();
        self.stream.set_write_timeout(wait(timeout))?;
        let output = &self.buffers.output()[..amount];
        // Each write that takes some of it has the whole time again.
        self.stream.write_all(output).map_err(|error| failed(error, timeout.reason))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let timeout = timeout.for_read();
        self.stream.set_read_timeout(wait(timeout))?;
        let input = self.buffers.input_append_buf();
        let read = loop {
            match self.stream.read(input) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                outcome => break outcome.map_err(|error| failed(error, timeout.reason))?,
            }
        };
        self.buffers.input_appended(read);
        Ok(read > 0)
    }

    fn is_open(&mut self) -> bool {
        // Between requests a server has nothing to say: bytes are as bad as an end.
        let is_quiet = |stream: &TcpStream| {
            stream.set_nonblocking(true)?;
            let peeked = stream.peek(&mut [0]);
            stream.set_nonblocking(false)?;
            Ok::<_, std::io::Error>(
                matches!(peeked, Err(error) if error.kind() == ErrorKind::WouldBlock),
            )
        };
        is_quiet(&self.stream).unwrap_or(false)
    }
}

/// The time a call of the system may take; one of no time would be refused.
fn wait(timeout: NextTimeout) -> Option<Duration> {
    timeout.not_zero().map(|wait| (*wait).max(Duration::from_millis(1)))
}

/// Systems call a deadline that has passed by different names.
fn failed(error: std::io::Error, reason: Timeout) -> Error {
    match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Error::Timeout(reason),
        _ => Error::Io(error),
    }
}
