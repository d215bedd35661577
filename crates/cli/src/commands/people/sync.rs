//! `kiro-analytics people sync`: names and groups of IAM Identity Center.

use std::io::Write;

use kiro_people::{
    DirectoryMeta, Lookups, Summary, SyncOptions, SyncOutcome, SyncPlan, SyncRequest,
};
use serde::Serialize;

use crate::args::{Output, PeopleSyncArgs};
use crate::command_error::{CommandError, note};
use crate::commands::people::summary;
use crate::context::CommandContext;
use crate::directory::{self, MAX_IDS};
use crate::directory_reading::DirectoryRequest;
use crate::format::counted;
use crate::output;
use crate::people_data::{PeopleData, command_error, group_rules};

/// What the directory was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Asked {
    All,
    Ids,
    Nothing,
}

#[derive(Serialize)]
struct SyncOutput {
    asked: Asked,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<SyncOutcome>,
    summary: Summary,
}

pub(crate) async fn run(
    args: PeopleSyncArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let config = &context.folder_config(&args.folder)?;
    let mut data = PeopleData::open(config).await?;
    let request = SyncRequest {
        refresh: args.refresh,
        store_id: config.identity_store.as_deref(),
        region: config.identity_region.as_deref(),
        max_ids: MAX_IDS,
    };
    let plan = data.store.plan_sync(request, &data.seen, data.now);
    let options = SyncOptions {
        accept_shrink: args.accept_shrink,
    };
    let rules = group_rules(config);
    let (asked, outcome) = match &plan {
        SyncPlan::All => {
            let reading = directory::read(config, &rules, DirectoryRequest::All).await?;
            if reading.ignored_members > 0 {
                note(format_args!(
                    "note: {} of groups ignored: no users",
                    counted(reading.ignored_members, "member")
                ));
            }
            let meta = DirectoryMeta {
                store_id: reading.store_id,
                region: reading.region,
                read_at: data.now,
            };
            let synced = data
                .store
                .sync(reading.directory, meta, &data.seen, options);
            (Asked::All, Some(synced.map_err(command_error)?))
        }
        SyncPlan::Ids(ids) => {
            let reading = directory::read(config, &rules, DirectoryRequest::Ids(ids)).await?;
            let lookups = Lookups {
                found: reading.directory.users,
                not_found: reading.not_found,
            };
            let meta = DirectoryMeta {
                store_id: reading.store_id,
                region: reading.region,
                read_at: data.now,
            };
            let added = data.store.add_lookups(lookups, meta, &data.seen, options);
            (Asked::Ids, Some(added.map_err(command_error)?))
        }
        SyncPlan::Nothing => {
            data.store.refresh_map(&data.seen).map_err(command_error)?;
            (Asked::Nothing, None)
        }
    };
    let output = SyncOutput {
        asked,
        outcome,
        summary: data.store.summary(&data.seen, data.now),
    };
    if args.output == Output::Json {
        return output::print_json(&output);
    }
    let mut out = output::stdout();
    write_text(&mut out, &output)?;
    Ok(out.flush()?)
}

fn write_text(out: &mut impl Write, output: &SyncOutput) -> std::io::Result<()> {
    match (output.asked, output.outcome) {
        (Asked::All, Some(outcome)) => writeln!(
            out,
            "read {} and {}: {} new, {} no longer in the directory\n",
            counted(outcome.users as u64, "user"),
            counted(outcome.groups as u64, "group"),
            outcome.new_users,
            outcome.former_users
        )?,
        (Asked::Ids, Some(outcome)) => writeln!(
            out,
            "asked for new users of the data: {} found; groups are asked for with `--refresh`, or once a day\n",
            counted(outcome.new_users as u64, "user")
        )?,
        _ => writeln!(
            out,
            "no request was sent: the last answer is less than 24 hours old (`--refresh` asks again)\n"
        )?,
    }
    summary::write_text(out, &output.summary)
}
