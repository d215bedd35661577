//! Measures the normalizer alone: makes exports, normalizes them, prints rows per second and peak memory.
//!
//! ```text
//! normalize_bench make-big ROWS USERS FOLDER       one export with 12 model columns
//! normalize_bench make-daily EXPORTS USERS FOLDER  exports of each day, one for each client
//! normalize_bench run SOURCE DESTINATION JOBS      normalizes and reports
//! ```
#![expect(
    clippy::print_stdout,
    reason = "a program that prints its measurements"
)]

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Datelike, Days, NaiveDate};
use kiro_ingest::{LocalFolder, NoProgress, NormalizeOptions, normalize};

type Outcome = Result<(), Box<dyn Error>>;

const USAGE: &str =
    "make-big ROWS USERS FOLDER | make-daily EXPORTS USERS FOLDER | run SOURCE DESTINATION JOBS";

const HEADER: &str = "Date,UserId,Client_Type,Chat_Conversations,Credits_Used,Overage_Cap,Overage_Credits_Used,\
    Overage_Enabled,ProfileId,Subscription_Tier,Total_Messages,New_User,User_Email,Usage_Limit,auto_messages,\
    claude_haiku_4.5_messages,claude_opus_4.5_messages,claude_opus_4.6_messages,claude_opus_4.8_messages,\
    claude_sonnet_4_messages,claude_sonnet_4.5_messages,claude_sonnet_4.6_messages,glm_5_messages,\
    gpt_5.6_luna_messages,gpt_5.6_sol_messages,qwen3_coder_next_messages";
const CLIENTS: [&str; 3] = ["KIRO_IDE", "KIRO_CLI", "PLUGIN"];
const MODELS: u64 = 12;
const MODELS_USED: u64 = 3;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["make-big", rows, users, folder] => make_big(rows.parse()?, users.parse()?, folder),
        ["make-daily", exports, users, folder] => {
            make_daily(exports.parse()?, users.parse()?, folder)
        }
        ["run", source, destination, jobs] => run(source, destination, jobs.parse()?),
        _ => Err(USAGE.into()),
    }
}

fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 3).unwrap_or_default()
}

fn make_big(rows: u64, users: u64, folder: &str) -> Outcome {
    write_export(Path::new(folder), first_day(), None, rows, users)
}

/// Writes the exports of the newest days. Two clients, as no day before 2023-11-28 is plausible.
fn make_daily(exports: u64, users: u64, folder: &str) -> Outcome {
    for export in 0..exports {
        let days = Days::new(export / 2);
        let date = first_day().checked_sub_days(days).unwrap_or_default();
        let client = CLIENTS[(export % 2) as usize];
        write_export(Path::new(folder), date, Some(client), users, users)?;
    }
    Ok(())
}

/// Writes an export of one client, or of all.
fn write_export(
    root: &Path,
    date: NaiveDate,
    client: Option<&str>,
    rows: u64,
    users: u64,
) -> Outcome {
    let folder = root
        .join("AWSLogs/123456789012/KiroLogs/user_report/us-east-1")
        .join(date.format("%Y/%m/%d/00").to_string());
    fs::create_dir_all(&folder)?;
    let name = format!(
        "{}_123456789012_user_report_{}0000.csv",
        client.unwrap_or("KIRO_IDE"),
        date.format("%Y%m%d")
    );
    let mut out = BufWriter::new(File::create(folder.join(name))?);
    writeln!(out, "{HEADER}")?;
    let mut random = Random(u64::from(date.num_days_from_ce().unsigned_abs()));
    for row in 0..rows {
        write_row(&mut out, date, client, row % users, &mut random)?;
    }
    out.flush()?;
    Ok(())
}

fn write_row(
    out: &mut impl Write,
    date: NaiveDate,
    client: Option<&str>,
    user: u64,
    random: &mut Random,
) -> Outcome {
    let mut id = Random(user + 1);
    let (one, two) = (id.next(), id.next());
    let (tier, limit) = [("PRO", 1000), ("PRO_PLUS", 2000), ("POWER", 10_000)][(user % 3) as usize];
    let any_client = CLIENTS[(random.next() % 3) as usize];
    let client = client.unwrap_or(any_client);
    let first = random.next() % MODELS;
    let messages: Vec<u64> = (0..MODELS)
        .map(|model| {
            let is_used = (model + MODELS - first) % MODELS < MODELS_USED;
            if is_used { 1 + random.next() % 120 } else { 0 }
        })
        .collect();
    write!(
        out,
        "{date},\"{:08x}-{:04x}-4222-8333-{:012x}\",{client},{},{}.{:014},{limit}.0,0.0,false,\
         \"arn:aws:codewhisperer:us-east-1:123456789012:profile/EXAMPLEPROFILE\",{tier},{},false,\
         \"user{user}@example.com\",{limit}.0",
        one >> 32,
        one & 0xffff,
        two & 0xffff_ffff_ffff,
        random.next() % 30,
        random.next() % 90,
        random.next() % 100_000_000_000_000,
        messages.iter().sum::<u64>(),
    )?;
    for count in messages {
        write!(out, ",{count}")?;
    }
    writeln!(out)?;
    Ok(())
}

/// A small generator of numbers, the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[tokio::main]
async fn run(source: &str, destination: &str, jobs: NonZeroUsize) -> Outcome {
    let started = Instant::now();
    let source = Arc::new(LocalFolder::open(source)?);
    let destination = Arc::new(LocalFolder::create(destination)?);
    let options = NormalizeOptions {
        since: None,
        until: None,
        reprocess: false,
        jobs,
        processed_at: DateTime::UNIX_EPOCH,
        names: Arc::default(),
    };
    let summary = normalize(source, destination, &options, Arc::new(NoProgress)).await?;
    let seconds = started.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "for display")]
    let rows_per_second = summary.fact_rows as f64 / seconds;
    println!(
        "{seconds:.3} s, {rows_per_second:.0} rows/s, {} processed, {} skipped, {} failed, {} facts, {} models, peak {}",
        summary.files_processed,
        summary.files_skipped,
        summary.files_failed,
        summary.fact_rows,
        summary.model_rows,
        peak_memory().unwrap_or_else(|| "unknown".to_owned()),
    );
    Ok(())
}

/// The peak memory of this process, if the system reports it.
fn peak_memory() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.trim_start_matches("VmHWM:").trim().to_owned())
}
