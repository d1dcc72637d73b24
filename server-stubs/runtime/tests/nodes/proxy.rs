//! A way to a server that can be cut off, or fall silent, and be opened again.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What of a URL a way leads to, and what it lets through.
pub(crate) struct Way {
    /// The URL by this way.
    pub(crate) url: String,
    state: Arc<watch::Sender<State>>,
    /// How often connections were stranded.
    stranded: Arc<AtomicUsize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// Connections stay, and nothing goes to the server or comes back.
    Silent,
    /// Connections stay, and what is asked arrives; its answers do not.
    Deaf,
    Closed,
}

impl Way {
    /// A way to the server of a URL whose host is this machine.
    pub(crate) async fn to(url: &str) -> Self {
        let start = url.find("127.0.0.1:").unwrap();
        let rest = &url[start..];
        let host = &rest[..rest.find('/').unwrap_or(rest.len())];
        let target: SocketAddr = host.parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap().to_string();
        let state = Arc::new(watch::channel(State::Open).0);
        let stranded = Arc::<AtomicUsize>::default();
        let (switch, count) = (state.clone(), stranded.clone());
        tokio::spawn(async move {
            while let Ok((here, _)) = listener.accept().await {
                if *switch.borrow() != State::Closed {
                    let stranded = Stranded::since(&count);
                    tokio::spawn(pass(here, target, switch.subscribe(), stranded));
                }
            }
        });
        Self {
            url: url.replace(host, &own),
            state,
            stranded,
        }
    }

    /// Ends every connection, and lets none through.
    pub(crate) fn cut(&self) {
        self.state.send_replace(State::Closed);
    }

    /// Swallows what is sent and what comes back, without an end of any connection.
    #[allow(dead_code, reason = "one of two programs of tests uses it")]
    pub(crate) fn silence(&self) {
        self.state.send_replace(State::Silent);
    }

    /// Swallows answers alone.
    #[allow(dead_code, reason = "one of two programs of tests uses it")]
    pub(crate) fn deafen(&self) {
        self.state.send_replace(State::Deaf);
    }

    /// Swallows what goes over the connections that there are, for good; new ones are whole.
    #[allow(dead_code, reason = "one of two programs of tests uses it")]
    pub(crate) fn strand(&self) {
        self.stranded.fetch_add(1, Ordering::SeqCst);
    }

    /// Lets everything through again.
    pub(crate) fn mend(&self) {
        self.state.send_replace(State::Open);
    }
}

/// Whether a connection is of those that were stranded.
#[derive(Clone)]
struct Stranded {
    count: Arc<AtomicUsize>,
    before: usize,
}

impl Stranded {
    fn since(count: &Arc<AtomicUsize>) -> Self {
        let before = count.load(Ordering::SeqCst);
        let count = count.clone();
        Self { count, before }
    }

    fn is(&self) -> bool {
        self.count.load(Ordering::SeqCst) > self.before
    }
}

async fn pass(
    here: TcpStream,
    target: SocketAddr,
    state: watch::Receiver<State>,
    stranded: Stranded,
) {
    let there = TcpStream::connect(target).await.unwrap();
    let (mut closed, silent, deaf) = (state.clone(), state.clone(), state);
    let (from_here, to_here) = here.into_split();
    let (from_there, to_there) = there.into_split();
    let hears = |state| state != State::Silent;
    let answers = |state| state == State::Open;
    let asked = copy(from_here, to_there, silent, hears, stranded.clone());
    let answered = copy(from_there, to_here, deaf, answers, stranded);
    tokio::select! {
        _ = asked => {}
        _ = answered => {}
        _ = closed.wait_for(|state| *state == State::Closed) => {}
    }
}

/// Hands bytes over while the way lets them through.
async fn copy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut state: watch::Receiver<State>,
    lets_through: fn(State) -> bool,
    stranded: Stranded,
) -> io::Result<()> {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut bytes).await?;
        let gone = state.wait_for(|state| lets_through(*state)).await.is_err();
        if read == 0 || gone {
            return Ok(());
        }
        if !stranded.is() {
            to.write_all(&bytes[..read]).await?;
        }
    }
}
