//! Requests as they came over the wire (RFC 9112).

use std::io;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::form;

/// A request that was read whole.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path and the query, as they came.
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Arc<[u8]>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// As what scenarios are compared with: `method`, `target`, `path` and `query` (decoded),
    /// `headers`, `bytes` (how many the body has), `json`, `text`, `parts` (of a form).
    pub(crate) fn value(&self) -> Value {
        let (path, query) = match self.target.split_once('?') {
            Some((path, query)) => (path, query),
            None => (self.target.as_str(), ""),
        };
        let headers: serde_json::Map<String, Value> = self
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
            .collect();
        let mut value = json!({
            "method": self.method,
            "target": self.target,
            "path": decoded(path),
            "query": pairs(query),
            "headers": headers,
            "bytes": self.body.len(),
        });
        if self.body.len() <= SHOWN {
            let media_type = self.header("content-type").unwrap_or_default();
            value["json"] = serde_json::from_slice(&self.body).unwrap_or_default();
            value["text"] = String::from_utf8_lossy(&self.body).into();
            value["parts"] = form::parts(media_type, &self.body).into();
        }
        value
    }
}

/// Bodies that are longer, in bytes, are counted and not compared.
const SHOWN: usize = 1 << 20;

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The values of each parameter of a query, in their order.
fn pairs(query: &str) -> Map<String, Value> {
    let mut all = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let values = all.entry(decoded(name)).or_insert_with(|| json!([]));
        if let Value::Array(values) = values {
            values.push(decoded(value).into());
        }
    }
    all
}

/// Bytes of a connection that were read ahead of what was asked for.
pub(crate) struct Reader<R> {
    stream: R,
    buffer: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Reader<R> {
    pub(crate) fn new(stream: R) -> Self {
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    /// Whether bytes of a next request are here already.
    pub(crate) fn is_ahead(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// The next request; `None` where the client has closed the connection.
    ///
    /// # Errors
    /// The connection broke, or what came is no request.
    pub(crate) async fn request(&mut self) -> io::Result<Option<Request>> {
        let Some(first) = self.line().await? else {
            return Ok(None);
        };
        let mut words = first.split(' ');
        let (method, target) = match (words.next(), words.next(), words.next()) {
            (Some(method), Some(target), Some("HTTP/1.1")) => (method, target),
            _ => return Err(io::Error::other(format!("no request: {first:?}"))),
        };
        let mut headers = Vec::new();
        loop {
            let line = self.whole_line().await?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').unwrap_or((&line, ""));
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut request = Request {
            method: method.to_owned(),
            target: target.to_owned(),
            headers,
            body: Arc::default(),
        };
        let body = if request.header("transfer-encoding").is_some() {
            self.chunks().await?
        } else {
            let length = request.header("content-length");
            let length = length.and_then(|length| length.parse().ok()).unwrap_or(0);
            self.exactly(length).await?
        };
        request.body = body.into();
        Ok(Some(request))
    }

    async fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.whole_line().await?;
            let size = usize::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16)
                .map_err(io::Error::other)?;
            body.extend(self.exactly(size).await?);
            self.whole_line().await?;
            if size == 0 {
                return Ok(body);
            }
        }
    }

    async fn more(&mut self) -> io::Result<usize> {
        self.stream.read_buf(&mut self.buffer).await
    }

    async fn exactly(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.buffer.len() < length {
            if self.more().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.buffer.drain(..length).collect())
    }

    async fn whole_line(&mut self) -> io::Result<String> {
        let line = self.line().await?;
        line.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    async fn line(&mut self) -> io::Result<Option<String>> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line: Vec<u8> = self.buffer.drain(..end + 2).collect();
                return Ok(Some(String::from_utf8_lossy(&line[..end]).into_owned()));
            }
            if self.more().await? == 0 {
                return match self.buffer.is_empty() {
                    true => Ok(None),
                    false => Err(io::ErrorKind::UnexpectedEof.into()),
                };
            }
        }
    }
}
