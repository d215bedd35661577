//! Accepts connections and serves HTTP/1.1 on them, within the limits: a connection that sends no request, or takes no
//! response, is closed, and never keeps out the next client.

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Sleep, sleep, timeout};
use tower::ServiceExt as _;

use crate::limits::Limits;
use crate::serve::END_TIMEOUT;

/// The pause after a failed `accept`: the process may have too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// The maximum size of the head of a request.
const MAX_HEAD_BYTES: usize = 64 << 10;

/// Accepts connections until `stopped` is ready, then closes them.
pub(crate) async fn serve_connections(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    stopped: impl Future,
) {
    let mut tasks = JoinSet::new();
    tokio::select! {
        () = accept_connections(&listener, &app, limits, &mut tasks) => {}
        _ = stopped => {}
    }
    drop(app);
    // Event streams never end by themselves.
    timeout(END_TIMEOUT, tasks.shutdown()).await.ok();
}

async fn accept_connections(
    listener: &TcpListener,
    app: &Router,
    limits: Limits,
    tasks: &mut JoinSet<()>,
) {
    let connections = Arc::new(Connections::new(limits.max_connections));
    loop {
        while tasks.try_join_next().is_some() {}
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                if !is_of_the_connection(&error) {
                    tracing::warn!(%error, "A connection could not be accepted.");
                    connections.close_idle();
                    sleep(ACCEPT_PAUSE).await;
                }
                continue;
            }
        };
        let connection = connections.admit().await;
        tasks.spawn(serve_connection(stream, app.clone(), connection, limits));
    }
}

/// Returns true if the client has gone before it was accepted.
fn is_of_the_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

async fn serve_connection(stream: TcpStream, app: Router, connection: Connection, limits: Limits) {
    // Small responses are not delayed. If this fails, they are.
    stream.set_nodelay(true).unwrap_or_default();
    let state = Arc::clone(&connection.state);
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        let (app, request_guard) = (app.clone(), RequestGuard::new(&state));
        async move {
            let response = app.oneshot(request.map(Body::new)).await;
            response.map(|response: Response| {
                response.map(|body| {
                    Body::new(GuardedBody {
                        body,
                        _guard: request_guard,
                    })
                })
            })
        }
    });
    let stream = TokioIo::new(TimedStream {
        stream,
        write_timeout: limits.write_timeout,
        stalled: None,
    });
    // HTTP/2 is not spoken: without TLS, no browser asks for it.
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(stream, service);
    tokio::select! {
        // An error concerns this client alone, which has gone or does not speak HTTP.
        _ = served => {}
        () = connection.state.closed.notified() => {}
    }
}

/// The open connections.
struct Connections {
    free: Arc<Semaphore>,
    /// By age.
    open: Arc<Mutex<BTreeMap<u64, Arc<ConnectionState>>>>,
    next: AtomicU64,
}

/// An open connection; it counts until it is dropped.
struct Connection {
    id: u64,
    state: Arc<ConnectionState>,
    open: Arc<Mutex<BTreeMap<u64, Arc<ConnectionState>>>>,
    _permit: Option<OwnedSemaphorePermit>,
}

/// What a connection is doing.
#[derive(Default)]
struct ConnectionState {
    /// The number of requests without a complete response.
    requests: AtomicUsize,
    closed: Notify,
}

impl Connections {
    fn new(max_connections: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(max_connections)),
            open: Arc::default(),
            next: AtomicU64::new(0),
        }
    }

    /// Waits until there is room for one more connection. Makes room by closing the oldest one without a request.
    async fn admit(&self) -> Connection {
        let permit = loop {
            if self.free.available_permits() == 0 {
                self.close_idle();
            }
            let free = Arc::clone(&self.free).acquire_owned();
            // The semaphore is never closed. While all connections are busy, one of them may become idle.
            if let Ok(permit) = timeout(ACCEPT_PAUSE, free).await {
                break permit.ok();
            }
        };
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let state = Arc::new(ConnectionState::default());
        lock(&self.open).insert(id, Arc::clone(&state));
        Connection {
            id,
            state,
            open: Arc::clone(&self.open),
            _permit: permit,
        }
    }

    /// Closes the connection that has been open longest without a request under way.
    fn close_idle(&self) {
        let mut open = lock(&self.open);
        let idle = open
            .iter()
            .find(|(_, state)| state.requests.load(Ordering::Acquire) == 0)
            .map(|(id, _)| *id);
        if let Some(state) = idle.and_then(|id| open.remove(&id)) {
            state.closed.notify_one();
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        lock(&self.open).remove(&self.id);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts a request until its response is complete.
struct RequestGuard(Arc<ConnectionState>);

impl RequestGuard {
    fn new(state: &Arc<ConnectionState>) -> Self {
        state.requests.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(state))
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        self.0.requests.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The body of a response, and the guard of its request.
struct GuardedBody {
    body: Body,
    _guard: RequestGuard,
}

impl HttpBody for GuardedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that fails if the client takes nothing for a time.
struct TimedStream<S> {
    stream: S,
    write_timeout: Duration,
    /// Set while a write waits.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<S> TimedStream<S> {
    fn timed<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let timeout = self.write_timeout;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(timeout)));
        match stalled.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.timed(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.timed(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.timed(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    struct NotifyOnDrop(Arc<Notify>);

    impl Drop for NotifyOnDrop {
        fn drop(&mut self) {
            self.0.notify_one();
        }
    }

    #[tokio::test]
    async fn a_request_ends_when_its_client_goes_away() {
        let (started, ended) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let signals = (Arc::clone(&started), Arc::clone(&ended));
        let endless = move || async move {
            let _on_drop = NotifyOnDrop(signals.1);
            signals.0.notify_one();
            std::future::pending::<()>().await;
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().route("/", get(endless));
        let server = tokio::spawn(serve_connections(
            listener,
            app,
            Limits::default(),
            std::future::pending::<()>(),
        ));
        let mut client = TcpStream::connect(address).await.unwrap();
        client
            .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .await
            .unwrap();
        started.notified().await;
        drop(client);
        ended.notified().await;
        server.abort();
    }
}
