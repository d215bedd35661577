//! The server: binds, answers, reads in the background, and stops when it is told to.

use std::net::SocketAddr;
use std::sync::Arc;

use kiro_dashboard::Spec;
use kiro_query::Engine;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::access::{Access, Token, is_loopback};
use crate::app::{AppState, app};
use crate::desk::Desk;
use crate::reading::{Reader, ReaderOptions};
use crate::status::StatusBoard;

/// Everything that a server is made of.
pub struct ServeOptions {
    pub spec: Spec,
    pub engine: Engine,
    pub reader: ReaderOptions,
    /// The name or address to bind, such as `127.0.0.1`.
    pub host: String,
    /// 0: any free port.
    pub port: u16,
    /// Required unless `host` is a loopback address or name.
    pub token: Option<Token>,
    /// The program's version.
    pub version: String,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("could not listen on `{host}:{port}`")]
    Bind {
        host: String,
        port: u16,
        source: std::io::Error,
    },
    #[error("`{host}` can be reached from other machines: a token is required")]
    TokenRequired { host: String },
}

/// A server that answers already.
pub struct Server {
    address: SocketAddr,
    url: String,
    running: JoinHandle<std::io::Result<()>>,
    reading: JoinHandle<()>,
    stop: tokio::sync::watch::Sender<bool>,
    board: Arc<StatusBoard>,
}

/// Starts to listen, to answer, and to read.
pub async fn serve(options: ServeOptions) -> Result<Server, ServeError> {
    let ServeOptions {
        spec,
        engine,
        reader,
        host,
        port,
        token,
        version,
    } = options;
    let bare = host.trim_matches(['[', ']']);
    if token.is_none() && !is_loopback(bare) {
        return Err(ServeError::TokenRequired { host });
    }
    let bind_error = |source| ServeError::Bind {
        host: host.clone(),
        port,
        source,
    };
    let listener = TcpListener::bind((bare, port)).await.map_err(bind_error)?;
    let address = listener.local_addr().map_err(bind_error)?;

    let desk = Desk::new(spec, engine);
    let board = Arc::new(StatusBoard::new(version, ""));
    let reader = Reader::new(Arc::clone(&desk), Arc::clone(&board), reader);
    let shown_host = if bare.contains(':') {
        format!("[{bare}]")
    } else {
        bare.to_owned()
    };
    let mut url = format!("http://{shown_host}:{}/", address.port());
    if let Some(token) = &token {
        url.push_str("?token=");
        url.push_str(token.reveal());
    }
    let access = Arc::new(Access {
        host: (!is_loopback(bare)).then(|| bare.to_owned()),
        token,
    });
    let state = AppState {
        desk,
        board: Arc::clone(&board),
        reader: Arc::clone(&reader),
        access,
    };

    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let running = tokio::spawn(async move {
        // Streams of events never end by themselves: stopping drops them with the server.
        let serving = axum::serve(listener, app(state)).into_future();
        tokio::select! {
            result = serving => result,
            _ = stopped.wait_for(|stop| *stop) => Ok(()),
        }
    });
    let reading = tokio::spawn(reader.follow());
    Ok(Server {
        address,
        url,
        running,
        reading,
        stop,
        board,
    })
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address to open, with the token if there is one.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How far reading is.
    pub fn board(&self) -> &StatusBoard {
        &self.board
    }

    /// Serves until `shutdown` is ready.
    pub async fn run_until(self, shutdown: impl Future<Output = ()>) -> std::io::Result<()> {
        let Self {
            mut running,
            reading,
            stop,
            ..
        } = self;
        let result = tokio::select! {
            result = &mut running => result,
            () = shutdown => {
                stop.send_replace(true);
                running.await
            }
        };
        reading.abort();
        result.unwrap_or_else(|error| Err(std::io::Error::other(error)))
    }
}
