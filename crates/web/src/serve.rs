//! Binds the address, serves requests, reads exports in the background, and stops on request.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use kiro_dashboard::Spec;
use kiro_query::Engine;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::access::{Access, Token, is_loopback};
use crate::app::{AppState, app_with_limits};
use crate::connections::serve_connections;
use crate::dashboard_service::DashboardService;
use crate::export_watcher::{ExportWatcher, WatcherOptions};
use crate::limits::Limits;
use crate::status::StatusChannel;

/// The maximum time to wait for tasks that were told to end.
pub(crate) const END_TIMEOUT: Duration = Duration::from_secs(2);

/// The parts and the configuration of a server.
pub struct ServeOptions {
    pub spec: Spec,
    pub engine: Engine,
    pub watcher: WatcherOptions,
    /// The name or address to bind, such as `127.0.0.1`.
    pub host: String,
    /// 0: any free port.
    pub port: u16,
    /// Required unless `host` is a loopback address or name.
    pub token: Option<Token>,
    /// The program's version.
    pub version: String,
    pub limits: Limits,
}

/// The server could not be started.
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

/// A running server.
pub struct Server {
    address: SocketAddr,
    url: String,
    http_task: JoinHandle<()>,
    watcher_task: JoinHandle<()>,
    stop: watch::Sender<bool>,
    status: Arc<StatusChannel>,
}

/// Starts to listen, to serve requests, and to read exports.
///
/// # Errors
///
/// If the address cannot be bound, or is not a loopback address and there is no token.
pub async fn serve(options: ServeOptions) -> Result<Server, ServeError> {
    let ServeOptions {
        spec,
        engine,
        watcher,
        host,
        port,
        token,
        version,
        limits,
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

    let service = DashboardService::new(spec, engine);
    let status = Arc::new(StatusChannel::new(version, ""));
    let watcher = ExportWatcher::new(Arc::clone(&service), Arc::clone(&status), watcher);
    let url = url_of(bare, address.port(), token.as_ref());
    let access = Arc::new(Access {
        host: (!is_loopback(bare)).then(|| bare.to_owned()),
        token,
    });
    let state = AppState {
        service,
        status: Arc::clone(&status),
        watcher: Arc::clone(&watcher),
        access,
    };

    let (stop, mut stopped) = watch::channel(false);
    let http_task = tokio::spawn(async move {
        let app = app_with_limits(state, limits);
        let stopped = async move { drop(stopped.wait_for(|stop| *stop).await) };
        serve_connections(listener, app, limits, stopped).await;
    });
    let watcher_task = tokio::spawn(watcher.run());
    Ok(Server {
        address,
        url,
        http_task,
        watcher_task,
        stop,
        status,
    })
}

fn url_of(host: &str, port: u16, token: Option<&Token>) -> String {
    let mut url = if host.contains(':') {
        format!("http://[{host}]:{port}/")
    } else {
        format!("http://{host}:{port}/")
    };
    if let Some(token) = token {
        url.push_str("?token=");
        url.push_str(token.reveal());
    }
    url
}

impl Server {
    /// The bound address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL to open, including the token if one is required.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The status of reading exports.
    pub fn status(&self) -> &StatusChannel {
        &self.status
    }

    /// Serves until `shutdown` is ready.
    pub async fn run_until(self, shutdown: impl Future<Output = ()>) -> std::io::Result<()> {
        let Self {
            mut http_task,
            watcher_task,
            stop,
            ..
        } = self;
        let result = tokio::select! {
            result = &mut http_task => result,
            () = shutdown => {
                stop.send_replace(true);
                http_task.await
            }
        };
        watcher_task.abort();
        // The staging folder is removed when nothing holds the destination any more.
        timeout(END_TIMEOUT, watcher_task).await.ok();
        result.map_err(std::io::Error::other)
    }
}
