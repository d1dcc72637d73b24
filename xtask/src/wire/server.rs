//! A server that takes every request, keeps it, and refuses it, so that no SDK asks twice; or
//! answers it as it is told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::answer::Given;

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub(super) method: String,
    /// Path and query, as they came.
    pub(super) target: String,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// The first header of a name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Runs until the process ends.
pub(super) struct Server {
    /// `http://127.0.0.1:4321`
    pub(super) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    answer: Arc<Mutex<Option<Given>>>,
}

impl Server {
    /// Listens on a port of its own.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn start() -> Result<Self, String> {
        let said = |error: std::io::Error| format!("no server: {error}");
        let listener = TcpListener::bind("127.0.0.1:0").map_err(said)?;
        let url = format!("http://{}", listener.local_addr().map_err(said)?);
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let answer: Arc<Mutex<Option<Given>>> = Arc::default();
        let (kept, told) = (Arc::clone(&requests), Arc::clone(&answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, told) = (Arc::clone(&kept), Arc::clone(&told));
                std::thread::spawn(move || serve(&stream, &kept, &told));
            }
        });
        Ok(Self {
            url,
            requests,
            answer,
        })
    }

    /// What requests are answered with from now on; `None` refuses them.
    pub(super) fn answer(&self, given: Option<Given>) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = given;
    }

    /// The requests since this was asked last.
    pub(super) fn take(&self) -> Vec<Request> {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut requests)
    }
}

fn serve(stream: &TcpStream, kept: &Mutex<Vec<Request>>, told: &Mutex<Option<Given>>) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    while let Some(request) = read(&mut reader) {
        // The answer to a HEAD has no content (RFC 9110, section 9.3.2).
        let is_head = request.method == "HEAD";
        let mut requests = kept.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push(request);
        drop(requests);
        let told = told.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let given = told.unwrap_or_else(|| Given {
            status: 400,
            content_type: Some("application/json".to_owned()),
            body: b"{}".to_vec(),
            value: serde_json::Value::Null,
        });
        if writer.write_all(&written(&given, is_head)).is_err() {
            return;
        }
    }
}

/// An answer as it is sent.
fn written(given: &Given, is_head: bool) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} Answer\r\n", given.status);
    if let Some(content_type) = &given.content_type {
        head.push_str(&format!("content-type: {content_type}\r\n"));
    }
    if given.status != 204 {
        head.push_str(&format!("content-length: {}\r\n", given.body.len()));
    }
    let body: &[u8] = if is_head { b"" } else { &given.body };
    [head.as_bytes(), b"\r\n", body].concat()
}

fn read(reader: &mut BufReader<&TcpStream>) -> Option<Request> {
    let mut request = Request::default();
    let first = line(reader)?;
    let mut words = first.split(' ');
    request.method = words.next()?.to_owned();
    request.target = words.next()?.to_owned();
    loop {
        let text = line(reader)?;
        if text.is_empty() {
            break;
        }
        let (name, value) = text.split_once(':')?;
        let value = value.trim().to_owned();
        request.headers.push((name.to_lowercase(), value));
    }
    let length = request
        .header("content-length")
        .and_then(|text| text.parse().ok());
    if let Some(length) = length {
        request.body = vec![0; length];
        reader.read_exact(&mut request.body).ok()?;
    } else if request.header("transfer-encoding").is_some() {
        loop {
            let size = usize::from_str_radix(line(reader)?.split(';').next()?, 16).ok()?;
            let mut piece = vec![0; size];
            reader.read_exact(&mut piece).ok()?;
            line(reader)?;
            if size == 0 {
                break;
            }
            request.body.extend(piece);
        }
    }
    Some(request)
}

fn line(reader: &mut BufReader<&TcpStream>) -> Option<String> {
    let mut text = String::new();
    match reader.read_line(&mut text) {
        Ok(read) if read > 0 => Some(text.trim_end_matches(['\r', '\n']).to_owned()),
        _ => None,
    }
}
