//! Measures the embedded engine over a folder of parts and prints one JSON object: seconds per view after opening,
//! seconds of a refresh with one more day, milliseconds per query of a picker, and memory.
//!
//! `cargo run --release -p kiro-query --example views_bench -- DATA [MORE]`, where the parts below MORE are copied into
//! DATA for the refresh and removed again.

use std::error::Error;
use std::fs;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::time::Instant;

use futures::TryStreamExt;
use kiro_catalog::RenderOptions;
use kiro_query::{Engine, EngineOptions};
use serde_json::{Map, Value, json};

/// Queries of pickers, each run for a month, a quarter and the whole history.
const QUESTIONS: [(&str, &str); 8] = [
    (
        "credits by client",
        "SELECT client_type, SUM(credits_used) FROM base_user_activity WHERE {days} GROUP BY 1",
    ),
    (
        "users by client",
        "SELECT client_type, COUNT(DISTINCT user_number) FROM base_user_activity WHERE {days} GROUP BY 1",
    ),
    (
        "users by day",
        "SELECT activity_date, COUNT(DISTINCT user_number) FROM base_user_activity WHERE {days} GROUP BY 1",
    ),
    (
        "top users",
        "SELECT user_id, MAX(user_label), SUM(credits_used) AS credits FROM base_user_activity WHERE {days} \
         GROUP BY 1 ORDER BY credits DESC LIMIT 50",
    ),
    (
        "messages by model",
        "SELECT model_name, SUM(messages) FROM model_usage WHERE {days} GROUP BY 1",
    ),
    (
        "messages by day and model",
        "SELECT activity_date, model_name, SUM(messages) FROM model_usage WHERE {days} GROUP BY 1, 2",
    ),
    (
        "users of models",
        "SELECT model_name, COUNT(DISTINCT user_number) FROM model_usage WHERE {days} GROUP BY 1",
    ),
    (
        "one tier by day",
        "SELECT activity_date, SUM(credits_used) FROM base_user_activity WHERE {days} AND user_tier = 'Pro+' \
         GROUP BY 1",
    ),
];

const DAYS: [(&str, &str); 3] = [
    (
        "month",
        "activity_date BETWEEN DATE '2026-10-01' AND DATE '2026-10-31'",
    ),
    (
        "quarter",
        "activity_date BETWEEN DATE '2026-08-01' AND DATE '2026-10-31'",
    ),
    (
        "all",
        "activity_date BETWEEN DATE '2020-01-01' AND DATE '2030-12-31'",
    ),
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let (data, more) = match arguments.as_slice() {
        [data] => (data, None),
        [data, more] => (data, Some(more)),
        _ => return Err("expected DATA [MORE]".into()),
    };
    let options = EngineOptions {
        data: data.clone(),
        render: RenderOptions::default(),
        since: None,
        until: None,
    };
    let began = Instant::now();
    let engine = Engine::open(options)?;
    let open_seconds = began.elapsed().as_secs_f64();
    let began = Instant::now();
    let mut views = Map::new();
    let mut rows = Map::new();
    for relation in engine.catalogue().relations() {
        let view = Instant::now();
        rows.insert(
            relation.name.clone(),
            json!(engine.row_count(&relation.name).await?),
        );
        views.insert(
            relation.name.clone(),
            json!(rounded(view.elapsed().as_secs_f64())),
        );
    }
    let from_nothing = began.elapsed().as_secs_f64();
    let memory = json!({ "resident_mib": mebibytes("VmRSS:"), "peak_mib": mebibytes("VmHWM:") });
    let questions = questions(&engine).await?;
    let after_questions =
        json!({ "resident_mib": mebibytes("VmRSS:"), "peak_mib": mebibytes("VmHWM:") });
    let refresh = match more {
        None => Value::Null,
        Some(more) => refreshed(&engine, data, more).await?,
    };
    let report = json!({
        "open_seconds": rounded(open_seconds),
        "from_nothing_seconds": rounded(from_nothing),
        "views_seconds": views,
        "rows": rows,
        "cached_bytes": engine.cached_bytes(),
        "memory": memory,
        "questions_milliseconds": questions,
        "memory_after_questions": after_questions,
        "refresh": refresh,
        "memory_after_refresh": { "resident_mib": mebibytes("VmRSS:"), "peak_mib": mebibytes("VmHWM:") },
    });
    serde_json::to_writer_pretty(stdout().lock(), &report)?;
    writeln!(stdout())?;
    Ok(())
}

/// Returns the median of five runs of every query.
async fn questions(engine: &Engine) -> Result<Map<String, Value>, Box<dyn Error>> {
    let mut answers = Map::new();
    for (name, sql) in QUESTIONS {
        for (span, days) in DAYS {
            let sql = sql.replace("{days}", days);
            let mut runs = Vec::new();
            for _ in 0..5 {
                let began = Instant::now();
                let _answer: Vec<_> = engine.query(&sql).await?.try_collect().await?;
                runs.push(began.elapsed().as_secs_f64() * 1e3);
            }
            runs.sort_by(f64::total_cmp);
            answers.insert(
                format!("{name}, {span}"),
                json!(rounded(runs[runs.len() / 2])),
            );
        }
    }
    Ok(answers)
}

/// Copies the parts of `more` into `data`, refreshes, and removes them.
async fn refreshed(engine: &Engine, data: &Path, more: &Path) -> Result<Value, Box<dyn Error>> {
    let mut copies = Vec::new();
    for dataset in fs::read_dir(more)? {
        let dataset = dataset?;
        for partition in fs::read_dir(dataset.path())? {
            let partition = partition?;
            let target = data.join(dataset.file_name()).join(partition.file_name());
            fs::create_dir_all(&target)?;
            for part in fs::read_dir(partition.path())? {
                let part = part?;
                let copy = target.join(part.file_name());
                if !copy.exists() {
                    fs::copy(part.path(), &copy)?;
                    copies.push(copy);
                }
            }
        }
    }
    let began = Instant::now();
    let outcome = engine.refresh().await;
    let seconds = began.elapsed().as_secs_f64();
    for copy in &copies {
        fs::remove_file(copy)?;
    }
    let outcome = outcome?;
    Ok(json!({
        "seconds": rounded(seconds),
        "changed_parts": outcome.changed_parts,
        "recomputed": outcome.recomputed.len(),
    }))
}

fn rounded(number: f64) -> f64 {
    (number * 1e3).round() / 1e3
}

/// Returns a value of `/proc/self/status` in MiB.
fn mebibytes(line: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kibibytes = status
        .lines()
        .find_map(|text| text.strip_prefix(line))?
        .trim()
        .strip_suffix(" kB")?;
    Some(kibibytes.parse::<u64>().ok()? / 1024)
}
