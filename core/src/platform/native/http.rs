//! `ureq` on the thread pool.

use std::io::Read;
use std::sync::Arc;

use bytes::Bytes;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, RustlsConnector};

use super::super::http::{is_success, is_too_long, read_bytes_max};
use super::super::{HttpError, HttpMethod, HttpOptions, HttpRequest, HttpResponse, Reason};
use super::tcp::TcpConnector;

/// Connections kept open; as many as the most requests in flight of a store.
const IDLE_CONNECTIONS_MAX: usize = 16;

/// An HTTP client with a connection pool.
#[derive(Debug, Clone)]
pub(crate) struct HttpClient {
    agent: ureq::Agent,
}

impl HttpClient {
    /// A client; fails if the certificates of `options` are none.
    pub(crate) fn new(options: &HttpOptions) -> Result<Self, HttpError> {
        let idle = Some(options.idle_timeout);
        let mut config = ureq::Agent::config_builder()
            .timeout_resolve(idle)
            .timeout_connect(idle)
            .timeout_per_read(idle)
            .timeout_per_write(idle)
            // The head of a response is short: it comes as a whole.
            .timeout_recv_response(idle)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections(IDLE_CONNECTIONS_MAX)
            .max_idle_connections_per_host(IDLE_CONNECTIONS_MAX);
        if let Some(bundle) = &options.ca_bundle {
            let roots = RootCerts::Specific(Arc::new(certificates(bundle)?));
            config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
        }
        let connector =
            ().chain(ConnectProxyConnector::default())
                .chain(TcpConnector)
                .chain(RustlsConnector::default());
        let agent = ureq::Agent::with_parts(config.build(), connector, DefaultResolver::default());
        Ok(Self { agent })
    }

    /// Runs an exchange to its end on a thread of the pool: makes the request there, and gives
    /// what came of it to `done`.
    pub(crate) fn start(
        &self,
        request: impl FnOnce() -> Result<HttpRequest, HttpError> + Send + 'static,
        done: impl FnOnce(Result<HttpResponse, HttpError>) + Send + 'static,
    ) {
        let client = self.clone();
        let work = move || done(request().and_then(|request| client.exchange(&request)));
        blocking::unblock(work).detach();
    }

    fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, HttpError> {
        let mut builder =
            ureq::http::Request::builder().method(request.method.as_str()).uri(&request.url);
        for (name, value) in &request.headers {
            builder = builder.header(&**name, value);
        }
        let outcome = if request.method == HttpMethod::Put {
            self.agent.run(builder.body(&request.body[..]).map_err(unusable)?)
        } else {
            self.agent.run(builder.body(()).map_err(unusable)?)
        };
        let mut response = outcome.map_err(classify)?;
        let headers: Vec<_> = response
            .headers()
            .iter()
            .filter_map(|(name, value)| {
                Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
            })
            .collect();
        let status = response.status().as_u16();
        if is_success(status) && is_too_long(request, &headers) {
            return Err(HttpError::TooLong);
        }
        let mut body = Vec::new();
        let bytes_max = read_bytes_max(request, status);
        let reader = response.body_mut().with_config().limit(u64::MAX).reader();
        let mut reader = reader.take(bytes_max.saturating_add(1));
        reader.read_to_end(&mut body).map_err(|error| classify(error.into()))?;
        if body.len() as u64 > bytes_max {
            if is_success(status) {
                return Err(HttpError::TooLong);
            }
            body.truncate(bytes_max as usize);
        }
        // Without the room to grow, which caches would hold and not count.
        Ok(HttpResponse { status, headers, body: Bytes::from(body.into_boxed_slice()) })
    }
}

fn certificates(bundle: &[u8]) -> Result<Vec<ureq::tls::Certificate<'static>>, HttpError> {
    let mut certificates = Vec::new();
    for item in parse_pem(bundle) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(_) => return Err(HttpError::Failed("the CA bundle is not PEM".into())),
        }
    }
    if certificates.is_empty() {
        return Err(HttpError::Failed("the CA bundle has no certificate".into()));
    }
    Ok(certificates)
}

/// Such an error may quote the URL, in which a signature may stand.
fn unusable(_: ureq::http::Error) -> HttpError {
    HttpError::Failed("a URL or header that cannot be sent".into())
}

fn classify(error: ureq::Error) -> HttpError {
    match error {
        ureq::Error::Timeout(_) => HttpError::TimedOut,
        ureq::Error::BodyExceedsLimit(_) => HttpError::TooLong,
        // What TLS makes of a certificate comes as an error of reading, and does not change.
        ureq::Error::Io(error)
            if error.kind() == std::io::ErrorKind::InvalidData
                && error.to_string().contains("certificate") =>
        {
            let text = format!("TLS: {error}");
            HttpError::Failed(Reason { text, source: Some(Arc::new(error)) })
        }
        ureq::Error::Io(error) => {
            let text = format!("io: {error}");
            HttpError::Unavailable(Reason { text, source: Some(Arc::new(error)) })
        }
        ureq::Error::ConnectionFailed | ureq::Error::HostNotFound | ureq::Error::Protocol(_) => {
            HttpError::Unavailable(error.to_string().into())
        }
        ureq::Error::Http(error) => unusable(error),
        ureq::Error::BadUri(_) => HttpError::Failed("a URL that cannot be used".into()),
        other => HttpError::Failed(other.to_string().into()),
    }
}
