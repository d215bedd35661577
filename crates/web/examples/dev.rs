//! Runs the page for development and for its browser tests, without the command line:
//!
//! ```text
//! dev fleet ROOT USERS DAYS        writes the exports of a synthetic fleet
//! dev serve SOURCE DATA [PORT]     normalizes and serves
//! dev report DATA OUT [anonymous]  writes the report file; `anonymous` also leaves out filters
//! ```
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a binary")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use kiro_catalog::{Catalogue, RenderOptions};
use kiro_dashboard::Spec;
use kiro_datagen::{FleetOptions, write_fleet};
use kiro_ingest::LocalFolder;
use kiro_people::PeopleStore;
use kiro_query::{Engine, EngineOptions};
use kiro_web::{
    DashboardService, Limits, Pseudonyms, ReportOptions, ServeOptions, WatcherOptions, serve,
    write_html,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["fleet", root, users, days] => {
            let last_day = NaiveDate::from_ymd_opt(2026, 8, 31).ok_or("no such day")?;
            let options = FleetOptions::new(users.parse()?, days.parse()?, 7, last_day);
            println!("{:?}", write_fleet(&options, Path::new(root), &|_| {})?);
        }
        ["serve", source, data, rest @ ..] => {
            let port = rest.first().map_or(Ok(8899), |port| port.parse())?;
            run(source, data, port).await?;
        }
        ["report", data, out, rest @ ..] => {
            let (spec, engine) = open(data)?;
            let mut options = ReportOptions {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                ..ReportOptions::default()
            };
            if rest == ["anonymous"] {
                options.pseudonyms = Some(Pseudonyms::with_salt("example"));
                options.max_figure_bytes = 0;
            }
            println!(
                "{:?}",
                write_html(
                    Path::new(out),
                    &DashboardService::new(spec, engine),
                    &options
                )
                .await?
            );
        }
        _ => return Err("expected `fleet`, `serve` or `report`".into()),
    }
    Ok(())
}

fn open(data: &str) -> Result<(Spec, Engine), Box<dyn Error>> {
    let render = RenderOptions::default();
    let catalogue = Catalogue::render(&render)?;
    let spec = Spec::builtin(&catalogue, &render.settings)?;
    Ok((
        spec,
        Engine::open(EngineOptions {
            data: data.into(),
            render,
            since: None,
            until: None,
        })?,
    ))
}

async fn run(source: &str, data: &str, port: u16) -> Result<(), Box<dyn Error>> {
    let destination = Arc::new(LocalFolder::create(data)?);
    let (spec, engine) = open(data)?;
    let watcher = WatcherOptions {
        sources: vec![Arc::new(LocalFolder::open(source)?)],
        destination: Some(destination),
        clock: Arc::new(chrono::Utc::now),
        poll: Duration::from_secs(2),
        names: Arc::default(),
        people: Some(PeopleStore::open(Path::new(data))?),
        is_restricted: false,
        listener: None,
    };
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let options = ServeOptions {
        spec,
        engine,
        watcher,
        host: "127.0.0.1".to_owned(),
        port,
        token: None,
        version,
        limits: Limits::default(),
    };
    let server = serve(options).await?;
    println!("{}", server.url());
    server.run_until(std::future::pending()).await?;
    Ok(())
}
