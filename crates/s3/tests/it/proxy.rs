//! A proxy between the store and the server that counts requests and injects faults.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::server::Server;

type Action = dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync;

/// What happens to a request instead of being passed on.
#[derive(Clone)]
pub(crate) enum Harm {
    /// It is answered with this status and error code, and perhaps a header.
    Answer(u16, &'static str, Option<(&'static str, &'static str)>),
    /// It is never answered.
    Silence,
    /// The connection is cut when half of the request has arrived.
    CutRequest,
    /// The connection is cut when half of the answer's body has been sent.
    CutAnswer,
    /// Half of the answer's body is sent, and then nothing more.
    StallAnswer,
    /// The request is executed, but its response is lost.
    LoseAnswer,
    /// Something else happens first.
    First(Arc<Action>),
}

/// A fault of the next requests of a method whose target contains a text.
pub(crate) struct Rule {
    method: &'static str,
    target: String,
    times: u32,
    harm: Harm,
}

impl Rule {
    pub(crate) fn new(method: &'static str, target: &str, times: u32, harm: Harm) -> Self {
        Self {
            method,
            target: target.to_owned(),
            times,
            harm,
        }
    }

    pub(crate) fn always(method: &'static str, target: &str, harm: Harm) -> Self {
        Self::new(method, target, u32::MAX, harm)
    }
}

#[derive(Default)]
struct Ledger {
    rules: Mutex<Vec<Rule>>,
    requests: Mutex<Vec<String>>,
    regions: Mutex<Vec<String>>,
    harmed: Mutex<u32>,
}

pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    ledger: Arc<Ledger>,
}

impl Proxy {
    /// Listens until the runtime ends.
    pub(crate) async fn start(rules: Vec<Rule>) -> Self {
        let ledger = Arc::new(Ledger {
            rules: Mutex::new(rules),
            ..Ledger::default()
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let for_connections = Arc::clone(&ledger);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let ledger = Arc::clone(&for_connections);
                // A connection that ends badly is what these tests are about.
                tokio::spawn(async move { serve(stream, &ledger).await.ok() });
            }
        });
        Self { address, ledger }
    }

    /// `GET /bucket/key?query` for every request so far, in order.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.ledger.requests.lock().unwrap().clone()
    }

    /// The Region each request was signed for.
    pub(crate) fn regions(&self) -> Vec<String> {
        self.ledger.regions.lock().unwrap().clone()
    }

    /// How many requests of this kind there were.
    pub(crate) fn count(&self, start: &str) -> usize {
        let requests = self.requests();
        requests
            .iter()
            .filter(|request| request.starts_with(start))
            .count()
    }

    /// How many requests came to harm.
    pub(crate) fn harmed(&self) -> u32 {
        *self.ledger.harmed.lock().unwrap()
    }
}

impl Ledger {
    /// What happens to a request, if there is a rule for it.
    fn harm(&self, method: &str, target: &str) -> Option<Harm> {
        let mut rules = self.rules.lock().unwrap();
        let rule = rules.iter_mut().find(|rule| {
            rule.times > 0 && rule.method == method && target.contains(&rule.target)
        })?;
        rule.times -= 1;
        *self.harmed.lock().unwrap() += 1;
        Some(rule.harm.clone())
    }

    fn note(&self, method: &str, target: &str, head: &str) {
        let mut requests = self.requests.lock().unwrap();
        requests.push(format!("{method} {target}"));
        let scope = header(head, "authorization").unwrap_or_default();
        let region = scope.split('/').nth(2).unwrap_or_default();
        self.regions.lock().unwrap().push(region.to_owned());
    }
}

/// One request per connection.
async fn serve(mut client: TcpStream, ledger: &Ledger) -> std::io::Result<()> {
    let (head, mut body) = read_head(&mut client).await?;
    let mut words = head.split(' ');
    let method = words.next().unwrap_or_default();
    let target = words.next().unwrap_or_default();
    ledger.note(method, target, &head);
    let harm = ledger.harm(method, target);
    let length: usize = header(&head, "content-length").map_or(0, |value| value.parse().unwrap());
    if header(&head, "expect").is_some() {
        client.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    let arriving = match harm {
        Some(Harm::CutRequest) => length / 2,
        _ => length,
    };
    let mut piece = vec![0; 1 << 16];
    while body.len() < arriving {
        let read = client.read(&mut piece).await?;
        if read == 0 {
            return Ok(());
        }
        body.extend_from_slice(&piece[..read]);
    }
    match harm {
        None => {}
        Some(Harm::Answer(status, code, header)) => {
            let answer = refusal(status, code, header);
            return client.write_all(answer.as_bytes()).await;
        }
        Some(Harm::CutRequest) => return Ok(()),
        Some(Harm::Silence) => return until_closed(client).await,
        Some(harm @ (Harm::CutAnswer | Harm::StallAnswer)) => {
            let answer = forward(&head, &body).await?;
            let start = end_of_head(&answer).unwrap();
            let half = start + (answer.len() - start) / 2;
            client.write_all(&answer[..half]).await?;
            return match harm {
                Harm::StallAnswer => until_closed(client).await,
                _ => Ok(()),
            };
        }
        Some(Harm::LoseAnswer) => {
            forward(&head, &body).await?;
            return Ok(());
        }
        Some(Harm::First(action)) => action().await,
    }
    let answer = forward(&head, &body).await?;
    client.write_all(&answer).await
}

/// Until the other side gives up.
async fn until_closed(mut client: TcpStream) -> std::io::Result<()> {
    client.read_to_end(&mut Vec::new()).await?;
    Ok(())
}

async fn read_head(client: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut piece = vec![0; 1 << 14];
    loop {
        if let Some(end) = end_of_head(&bytes) {
            let body = bytes.split_off(end);
            return Ok((String::from_utf8(bytes).unwrap(), body));
        }
        match client.read(&mut piece).await? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => bytes.extend_from_slice(&piece[..read]),
        }
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let place = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(place + 4)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// Passes a request on over a connection of its own, and takes the whole answer.
async fn forward(head: &str, body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(Server::shared().address).await?;
    let kept = head.trim_end().lines().filter(|line| {
        let name = line.split(':').next().unwrap_or_default();
        !name.eq_ignore_ascii_case("connection") && !name.eq_ignore_ascii_case("expect")
    });
    let mut request = kept.collect::<Vec<_>>().join("\r\n");
    request.push_str("\r\nConnection: close\r\n\r\n");
    server.write_all(request.as_bytes()).await?;
    server.write_all(body).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    Ok(answer)
}

fn refusal(status: u16, code: &str, header: Option<(&str, &str)>) -> String {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>As the test wants it.</Message></Error>"
    );
    let header = header.map_or_else(String::new, |(name, value)| format!("{name}: {value}\r\n"));
    format!(
        "HTTP/1.1 {status} No\r\n{header}Content-Type: application/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}
