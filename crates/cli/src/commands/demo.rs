//! `kiro-analytics demo`: an invented fleet, from raw exports to headline numbers and the page.

use std::io::Write;
use std::path::Path;

use chrono::{Days, NaiveDate};
use kiro_catalog::{Catalogue, RenderOptions};
use kiro_config::Config;
use kiro_datagen::{FleetDirectory, FleetOptions, ROSTER_FILE, write_fleet, write_people};
use kiro_ingest::NormalizeOptions;
use kiro_people::{
    Directory, DirectoryGroup, DirectoryMeta, DirectoryUser, PeopleStore, RosterMeta, SyncOptions,
    Visibility,
};
use serde_json::json;

use crate::args::{DataArgs, DemoArgs, Output, Window};
use crate::command_error::CommandError;
use crate::commands::normalize::{Run, now, processors};
use crate::context::CommandContext;
use crate::dashboard_file;
use crate::demo_folder::{DemoFolder, Mark, Written};
use crate::demo_summary::DemoSummary;
use crate::engine;
use crate::format::{counted, people, size};
use crate::live_page::LivePage;
use crate::location::Location;
use crate::people_data::PeopleData;
use crate::progress::day_bar;
use crate::{output, people_data};

pub(crate) async fn run(args: DemoArgs, context: &CommandContext<'_>) -> Result<(), CommandError> {
    let mut config = context.config(&DataArgs {
        data: None,
        hash_emails: None,
        hash_salt: None,
    })?;
    let cancellation = context.cancellation;
    let yesterday = now().date_naive().checked_sub_days(Days::new(1));
    let end_date = args.end_date.or(yesterday).unwrap_or_default();
    if let Some(file) = &args.page.dashboard {
        let render = RenderOptions {
            settings: config.views.clone(),
            ..RenderOptions::default()
        };
        let catalogue = Catalogue::render(&render).map_err(CommandError::data)?;
        dashboard_file::load(Some(file), &catalogue, &config.views)?;
    }
    let folder = DemoFolder::open(&args.dir)?;
    let wanted = Mark {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        users: args.users,
        days: args.days,
        seed: args.seed,
        end_date: end_date.to_string(),
        written: None,
    };
    let written = exports(&folder, &wanted, end_date).await?;
    let run = normalized(&folder).await?;
    check_failures(&run, &written)?;

    config.data = folder.data();
    add_people(&folder, &fleet_options(&wanted, end_date), &config).await?;
    let engine = engine::open(&config, Window::ALL)?;
    let headlines = DemoSummary::ask(&engine, &config.views).await?;
    drop(engine);
    if args.output == Output::Json {
        return output::print_json(&json!({
            "fleet": Mark { written: Some(written), ..wanted },
            "normalize": run.summary,
            "headlines": headlines,
        }));
    }

    let mut out = output::stdout();
    writeln!(
        out,
        "{}, {} of exports, {}: all invented, in `{}`\n",
        people(args.users.into()),
        counted(args.days.into(), "day"),
        size(written.bytes),
        args.dir.display()
    )?;
    if !args.no_serve {
        headlines.write_short(&mut out)?;
        writeln!(out)?;
        out.flush()?;
        let exports = vec![Location::Folder(folder.exports())];
        let page = LivePage::new(&config, exports, args.page, Visibility::Everybody).await?;
        return page.run(cancellation).await;
    }
    headlines.write_text(&mut out)?;
    for failure in &run.summary.failures {
        writeln!(
            out,
            "              1 export could not be read, on purpose: {}",
            failure.error
        )?;
        writeln!(out, "              {}", failure.export)?;
    }
    write_next_steps(&mut out, &folder.data())?;
    Ok(out.flush()?)
}

/// Writes the exports unless they exist.
async fn exports(
    folder: &DemoFolder,
    wanted: &Mark,
    end_date: NaiveDate,
) -> Result<Written, CommandError> {
    if let Some(mark) = folder.mark() {
        let earlier = Mark {
            written: None,
            ..mark.clone()
        };
        if let (true, Some(written)) = (earlier == *wanted, mark.written) {
            return Ok(written);
        }
    }
    folder.set_mark(wanted)?;
    folder.clear()?;
    folder.create_exports()?;
    let options = fleet_options(wanted, end_date);
    let (root, bar) = (folder.exports(), day_bar(wanted.days.into()));
    let watched = bar.clone();
    let writing = tokio::task::spawn_blocking(move || {
        write_fleet(&options, &root, &|done| watched.set_position(done))
    });
    let fleet = writing
        .await
        .map_err(CommandError::data)?
        .map_err(CommandError::data)?;
    bar.finish_and_clear();
    let written = Written {
        exports: fleet.files,
        bytes: fleet.bytes,
        rows: fleet.rows,
        code_rows: fleet.code_rows,
        active_users: fleet.users,
        broken: fleet.broken_files,
    };
    folder.set_mark(&Mark {
        written: Some(written.clone()),
        ..wanted.clone()
    })?;
    Ok(written)
}

fn fleet_options(wanted: &Mark, end_date: NaiveDate) -> FleetOptions {
    FleetOptions::new(wanted.users, wanted.days, wanted.seed, end_date)
}

/// Writes a directory and a roster, and gives the users their names, unless an earlier demo has. Sends no request.
async fn add_people(
    folder: &DemoFolder,
    options: &FleetOptions,
    config: &Config,
) -> Result<(), CommandError> {
    if PeopleStore::exists(&config.data) {
        return Ok(());
    }
    let people = write_people(options, &folder.people()).map_err(CommandError::data)?;
    let PeopleData {
        mut store,
        seen,
        now,
    } = PeopleData::open(config).await?;
    let meta = DirectoryMeta {
        store_id: "d-0000000000".to_owned(),
        region: "us-east-1".to_owned(),
        read_at: now,
    };
    let synced = store.sync(
        directory(people.directory),
        meta,
        &seen,
        SyncOptions::default(),
    );
    synced.map_err(people_data::command_error)?;
    let roster = folder.people().join(ROSTER_FILE);
    let content = std::fs::read(&roster).map_err(CommandError::data)?;
    let meta = RosterMeta {
        file_name: ROSTER_FILE.to_owned(),
        imported_at: now,
    };
    let imported = store.import_roster(&content, &meta, &seen);
    imported.map_err(people_data::command_error)?;
    Ok(())
}

fn directory(fleet: FleetDirectory) -> Directory {
    let users = fleet.users.into_iter().map(|user| DirectoryUser {
        user_id: user.user_id,
        username: Some(user.username),
        display_name: Some(user.display_name),
        email: Some(user.email),
    });
    let groups = fleet.groups.into_iter().map(|group| DirectoryGroup {
        group_id: group.group_id,
        name: group.name,
        members: group.members,
    });
    Directory {
        users: users.collect(),
        groups: groups.collect(),
    }
}

async fn normalized(folder: &DemoFolder) -> Result<Run, CommandError> {
    let options = NormalizeOptions {
        since: None,
        until: None,
        reprocess: false,
        jobs: processors(),
        processed_at: now(),
        names: std::sync::Arc::default(),
    };
    let exports = Location::Folder(folder.exports());
    Run::new(&exports, &Location::Folder(folder.data()), options).await
}

/// The exports that are broken on purpose must fail, and no others.
fn check_failures(run: &Run, written: &Written) -> Result<(), CommandError> {
    let unexpected = run
        .summary
        .failures
        .iter()
        .filter(|failure| !written.broken.contains(&failure.export));
    let errors: Vec<anyhow::Error> = unexpected
        .map(|failure| {
            anyhow::Error::msg(failure.error.clone())
                .context(format!("failed to normalize `{}`", failure.export))
        })
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(CommandError {
        exit: crate::exit::Exit::Data,
        errors,
        hint: Some("remove the demo's folder and run the command again".to_owned()),
    })
}

fn write_next_steps(out: &mut impl Write, data: &Path) -> std::io::Result<()> {
    let data = data.display();
    writeln!(
        out,
        "\nGo on, for example with\n  \
         kiro-analytics views --data {data}\n  \
         kiro-analytics query --data {data} \"SELECT * FROM user_totals ORDER BY credits_used DESC NULLS LAST LIMIT 10\"\n  \
         kiro-analytics export user_month --data {data} --format csv --out user_month.csv\n  \
         kiro-analytics people list --data {data}\n\
         and with your own exports:\n  \
         kiro-analytics normalize SOURCE kiro-analytics-data"
    )
}
