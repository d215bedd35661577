//! One big export for benchmarks: the eleven base columns and any number of model columns, about three of them used per row.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use chrono::{Days, NaiveDate};

use crate::csv_text::{push_count, push_number, push_quoted};
use crate::headers;
use crate::layout::Site;
use crate::options::FleetError;
use crate::people;
use crate::rng::{Purpose, Rng};

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BigExport {
    /// Data rows.
    pub rows: u64,
    /// Model cells above zero, which is the number of model rows a normalizer writes.
    pub model_rows: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Writes one `user_report` export of `rows` rows (about 207 bytes each with 12 models) to `path`.
///
/// Rows are grouped by day, 8,000 users a day, so no key occurs twice; models add up to the total. The same arguments give the
/// same bytes.
///
/// # Errors
///
/// If the file cannot be written.
pub fn write_big_export(rows: u64, models: u32, path: &Path) -> Result<BigExport, FleetError> {
    let failed = |source| FleetError::Write {
        path: path.to_path_buf(),
        source,
    };
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path).map_err(failed)?);
    let mut text = Vec::with_capacity(1 << 16);
    push_header(models, &mut text);
    let people: Vec<String> = (0..PEOPLE)
        .map(|index| people::user_id(&mut Rng::new(7, Purpose::Big, u64::from(index), 0)))
        .collect();
    let mut result = BigExport {
        rows,
        model_rows: 0,
        bytes: 0,
    };
    // Four million rows are 500 days, all of them before the day that the benchmark names.
    let first_day = NaiveDate::from_ymd_opt(2024, 3, 1).unwrap_or_default();
    let mut row = 0;
    for day in 0_u64.. {
        let date = first_day
            .checked_add_days(Days::new(day))
            .unwrap_or(first_day)
            .to_string();
        for id in &people {
            if row == rows {
                break;
            }
            result.model_rows += push_row(row, [&date, id], models, &mut text);
            row += 1;
            if text.len() >= (1 << 16) {
                result.bytes += text.len() as u64;
                file.write_all(&text).map_err(failed)?;
                text.clear();
            }
        }
        if row == rows {
            break;
        }
    }
    result.bytes += text.len() as u64;
    file.write_all(&text).map_err(failed)?;
    file.flush().map_err(failed)?;
    Ok(result)
}

const PEOPLE: u32 = 8_000;

fn push_header(models: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(headers::BASE.join(",").as_bytes());
    for model in 0..models {
        match crate::models::MODELS.get(model as usize) {
            Some(model) => headers::push_model(out, model.name),
            None => headers::push_model(out, &format!("model_{model}")),
        }
    }
    out.push(b'\n');
}

/// Returns how many models the row activities.
fn push_row(row: u64, [date, id]: [&str; 2], models: u32, out: &mut Vec<u8>) -> u64 {
    let mut rng = Rng::new(7, Purpose::Big, row, 1);
    out.extend_from_slice(date.as_bytes());
    out.push(b',');
    push_quoted(out, id);
    out.extend_from_slice(b",KIRO_IDE,");
    push_count(out, u64::from(1 + rng.below(12)));
    out.push(b',');
    push_number(out, rng.between(0.5, 60.0));
    out.extend_from_slice(b",1000.0,0.0,false,");
    push_quoted(out, Site::Main.profile_arn());
    out.extend_from_slice(b",PRO,");
    // Three models on average.
    let counts: Vec<u64> = (0..models)
        .map(|_| {
            let is_used = f64::from(models) * rng.unit() < 3.0;
            if is_used {
                u64::from(1 + rng.below(90))
            } else {
                0
            }
        })
        .collect();
    push_count(out, counts.iter().sum());
    for count in &counts {
        out.push(b',');
        push_count(out, *count);
    }
    out.push(b'\n');
    counts.iter().map(|count| u64::from(*count > 0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_size_of_real_ones() {
        let path =
            std::env::temp_dir().join(format!("kiro-datagen-big-{}.csv", std::process::id()));
        let written = write_big_export(9_000, 12, &path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(text.len() as u64, written.bytes);
        assert_eq!(text.lines().count(), 9_001);
        assert!(text.lines().all(|line| line.split(',').count() == 23));
        assert!(
            (200..215).contains(&(text.len() / 9_000)),
            "{} bytes a row",
            text.len() / 9_000
        );
        let per_row = written.model_rows * 100 / written.rows;
        assert!(
            (270..330).contains(&per_row),
            "{per_row} models in 100 rows"
        );
    }
}
