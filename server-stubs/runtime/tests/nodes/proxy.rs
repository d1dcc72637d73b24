//! A way to a server that can be cut off, and opened again.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What of a URL a way leads to, and whether it is open.
pub(crate) struct Way {
    /// The URL by this way.
    pub(crate) url: String,
    open: Arc<watch::Sender<bool>>,
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
        let open = Arc::new(watch::channel(true).0);
        let switch = open.clone();
        tokio::spawn(async move {
            while let Ok((mut here, _)) = listener.accept().await {
                let mut closed = switch.subscribe();
                if !*closed.borrow() {
                    continue;
                }
                tokio::spawn(async move {
                    let mut there = TcpStream::connect(target).await.unwrap();
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut here, &mut there) => {}
                        _ = closed.wait_for(|open| !open) => {}
                    }
                });
            }
        });
        Self {
            url: url.replace(host, &own),
            open,
        }
    }

    /// Ends every connection, and lets none through.
    pub(crate) fn cut(&self) {
        self.open.send_replace(false);
    }

    /// Lets connections through again.
    pub(crate) fn mend(&self) {
        self.open.send_replace(true);
    }
}
