//! The page while it is served: where it listens, who may see it, what it reads, and how it ends.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kiro_config::Config;
use kiro_dashboard::Spec;
use kiro_ingest::ObjectStore;
use kiro_people::{PeopleStore, Visibility};
use kiro_query::Engine;
use kiro_report::Names;
use kiro_web::{
    DataListener, Limits, ServeError, ServeOptions, Server, StatusChannel, Token, WatcherOptions,
    is_loopback, serve,
};

use crate::args::PageArgs;
use crate::cancellation::CancellationToken;
use crate::command_error::{CommandError, note};
use crate::commands::normalize::now;
use crate::format::people;
use crate::location::Location;
use crate::{audience, dashboard_file, output, people_data};

/// The port when none is asked for, and the last one that is tried instead of it.
const DEFAULT_PORTS: (u16, u16) = (8765, 8864);
/// How often the sources are listed. A listing reads no file, but those of a bucket are paid for.
const POLL: Duration = Duration::from_secs(2);
const POLL_BUCKETS: Duration = Duration::from_mins(1);

/// Everything that was decided before the page listens.
pub(crate) struct LivePage {
    /// Opened already; every further attempt to listen opens its own.
    engine: Option<Engine>,
    visibility: Visibility,
    spec: Spec,
    places: Vec<Location>,
    sources: Vec<Arc<dyn ObjectStore>>,
    destination: Option<Arc<dyn ObjectStore>>,
    names: Arc<Names>,
    config: Config,
    host: String,
    port: Option<u16>,
    token: Option<Token>,
    opens_browser: bool,
    /// Called after changes of the data.
    pub(crate) listener: Option<Arc<dyn DataListener>>,
}

impl LivePage {
    /// Checks everything that can be wrong with the command.
    pub(crate) async fn new(
        config: &Config,
        places: Vec<Location>,
        page: PageArgs,
        visibility: Visibility,
    ) -> Result<Self, CommandError> {
        if visibility != Visibility::Everybody && !places.is_empty() {
            return Err(sources_of_all());
        }
        let engine = audience::open_engine(config, &visibility)?;
        let file = page.dashboard.as_deref();
        let spec = dashboard_file::load(file, engine.catalogue(), &config.views)?;
        let mut sources: Vec<Arc<dyn ObjectStore>> = Vec::new();
        for place in &places {
            sources.push(place.open().await?);
        }
        let destination = match Location::Folder(config.data.clone()).create().await {
            // Nothing is added to the data of all.
            Ok(_) if visibility != Visibility::Everybody => None,
            Ok(folder) => Some(folder),
            // What is in a folder that cannot be written can still be shown.
            Err(_) if sources.is_empty() && config.data.is_dir() => None,
            Err(failure) => return Err(failure),
        };
        // The name stands for two addresses, and another program may have the other one.
        let host = match page.host.trim_matches(['[', ']']) {
            name if name.eq_ignore_ascii_case("localhost") => "127.0.0.1".to_owned(),
            address => address.to_owned(),
        };
        let token = match page.token {
            None if !is_loopback(&host) => Some(Token::generate().ok_or_else(no_randomness)?),
            token => token,
        };
        Ok(Self {
            engine: Some(engine),
            visibility,
            spec,
            places,
            sources,
            destination,
            names: Arc::new(config.views.names.lookups()),
            config: config.clone(),
            host,
            port: page.port,
            token,
            opens_browser: page.open,
            listener: None,
        })
    }

    /// Serves until a signal ends the program.
    pub(crate) async fn run(
        mut self,
        cancellation: &CancellationToken,
    ) -> Result<(), CommandError> {
        cancellation.expect();
        let server = self.listen().await?;
        let mut out = output::stdout();
        writeln!(out, "{}", server.url())?;
        out.flush()?;
        self.say_what_is_served();
        if self.opens_browser {
            open_browser(server.url().to_owned());
        }
        tokio::select! {
            () = settled(server.status()) => self.hint_if_empty(),
            () = cancellation.cancelled() => {}
        }
        let ended = server.run_until(cancellation.cancelled()).await;
        ended.map_err(|error| {
            CommandError::data(anyhow::Error::new(error).context("the page could not be served"))
        })
    }

    /// Listens on the port that was asked for, or on the first free one.
    async fn listen(&mut self) -> Result<Server, CommandError> {
        let mut port = self.port.unwrap_or(DEFAULT_PORTS.0);
        loop {
            let engine = match self.engine.take() {
                Some(engine) => engine,
                None => audience::open_engine(&self.config, &self.visibility)?,
            };
            match serve(self.options(engine, port)?).await {
                Ok(server) => return Ok(server),
                Err(ServeError::Bind { source, .. })
                    if self.port.is_none()
                        && source.kind() == io::ErrorKind::AddrInUse
                        && port < DEFAULT_PORTS.1 =>
                {
                    port += 1;
                }
                Err(error) => return Err(refused(error)),
            }
        }
    }

    fn options(&self, engine: Engine, port: u16) -> Result<ServeOptions, CommandError> {
        Ok(ServeOptions {
            spec: self.spec.clone(),
            engine,
            watcher: WatcherOptions {
                sources: self.sources.clone(),
                destination: self.destination.clone(),
                clock: Arc::new(now),
                poll: self.poll(),
                names: Arc::clone(&self.names),
                people: self.people()?,
                is_restricted: self.is_restricted(),
                listener: self.listener.clone(),
            },
            host: self.host.clone(),
            port,
            token: self.token.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            limits: Limits::default(),
        })
    }

    fn is_restricted(&self) -> bool {
        self.visibility != Visibility::Everybody
    }

    /// The names of users. None while addresses are hashed or not everybody is shown: the page would show them.
    fn people(&self) -> Result<Option<PeopleStore>, CommandError> {
        if self.config.hash_emails || self.is_restricted() {
            return Ok(None);
        }
        people_data::open_store(&self.config).map(Some)
    }

    fn poll(&self) -> Duration {
        let is_bucket = |place: &Location| place.folder().is_none();
        if self.places.iter().any(is_bucket) {
            POLL_BUCKETS
        } else {
            POLL
        }
    }

    fn say_what_is_served(&self) {
        let data = self.config.data.display();
        if let Visibility::Persons(persons) = &self.visibility {
            note(format_args!(
                "note: the page shows {} of the identity map; start it again after a change of names, teams or data",
                people(persons.len() as u64)
            ));
        } else if self.destination.is_none() {
            note(format_args!(
                "note: `{data}` cannot be written, so exports dropped on the page are not added"
            ));
        }
        if !is_loopback(&self.host) {
            note("note: whoever has this address, with its token, can see the page");
        }
        match self.source_names() {
            None => note(format_args!("serving `{data}`; Ctrl-C ends it")),
            Some(sources) => note(format_args!(
                "serving `{data}`, and new exports in {sources} as they appear; Ctrl-C ends it"
            )),
        }
    }

    fn hint_if_empty(&self) {
        if self.is_restricted() || has_data(&self.config.data) {
            return;
        }
        let place = match self.source_names() {
            None => format!("in `{}`", self.config.data.display()),
            Some(sources) => format!("and no export in {sources}"),
        };
        note(format_args!(
            "note: there is no data {place}; drop exports on the page, name a folder with exports \
             (`kiro-analytics serve SOURCE`), or look at `kiro-analytics demo` first"
        ));
    }

    fn source_names(&self) -> Option<String> {
        let names: Vec<String> = self
            .places
            .iter()
            .map(|place| format!("`{place}`"))
            .collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
}

/// Whether anything was ever normalized into this folder.
fn has_data(data: &Path) -> bool {
    ["facts", "code"]
        .iter()
        .any(|dataset| data.join(dataset).is_dir())
}

/// Waits until the exports that existed at the start are read or have failed.
async fn settled(status: &StatusChannel) {
    while !status.current().is_settled() {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// On a thread of its own: some systems wait for the browser to end.
fn open_browser(address: String) {
    std::thread::spawn(move || {
        if let Err(error) = opener::open_browser(&address) {
            note(format_args!(
                "warning: could not open the browser ({error}); open the address above yourself"
            ));
        }
    });
}

fn refused(error: ServeError) -> CommandError {
    let hint = match &error {
        ServeError::Bind { source, .. } => match source.kind() {
            io::ErrorKind::AddrInUse => {
                "name another --port, or leave it out to get the next free one"
            }
            io::ErrorKind::PermissionDenied => "choose a --port of 1024 or more",
            _ => "name an address of this machine with --host, or leave it out",
        },
        ServeError::TokenRequired { .. } => "give one with --token",
    };
    CommandError::usage(error).hint(hint)
}

fn sources_of_all() -> CommandError {
    let error = anyhow::anyhow!("a page for some people reads no exports: expected no SOURCE");
    CommandError::usage(error).hint(
        "read the exports with `kiro-analytics normalize SOURCE DATA`, then serve the data alone",
    )
}

fn no_randomness() -> CommandError {
    let error = anyhow::anyhow!("the system has no randomness to make a token of");
    CommandError::usage(error).hint("give one with --token")
}
