//! The expected numbers of each visual of *Data health*.

use kiro_dashboard_sql::Value;

use crate::expected::facts::Facts;
use crate::expected::measures::{client, day, kpi, only};

use crate::oracle::{Expected, Row, by, count_if, distinct, max, min, sum, table, week};

pub(super) fn of_visual(facts: &Facts<'_>, visual: &str) -> Option<Expected> {
    let Facts {
        chosen,
        arrivals,
        health,
        issues,
        first_seen,
        ..
    } = facts;
    Some(match visual {
        "h-kpi-newest" => kpi(max("newest_day")(health), None),
        "h-kpi-behind" => kpi(max("days_behind")(health), None),
        "h-kpi-missing" => kpi(sum("days_missing")(health), None),
        "h-kpi-exports" => kpi(sum("exports")(health), None),
        "h-kpi-rejected" => kpi(sum("rejected_rows")(health), None),
        "h-kpi-unreadable" => kpi(sum("unreadable_export")(health), None),
        "h-sources" => table(
            health,
            &[
                by("report"),
                by("source_account"),
                by("source_region"),
                client(),
            ],
            &[
                min("first_day"),
                max("newest_day"),
                max("days_behind"),
                sum("days_with_data"),
                sum("days_missing"),
                sum("exports"),
                sum("row_count"),
                sum("rejected_rows"),
                sum("issues"),
                sum("unreadable_export"),
            ],
        ),
        "h-coverage" => {
            let axis = if chosen.length() <= 62.0 {
                day()
            } else {
                week("activity_date")
            };
            table(arrivals, &[axis, client()], &[sum("row_count")])
        }
        "h-exports" => table(arrivals, &[day(), by("report")], &[distinct("src_path")]),
        "h-issues" => table(
            issues,
            &[by("kind"), by("column_name")],
            &[
                count_if(|_| true),
                count_if(|row| row.get("row_rejected") == Value::Flag(true)),
                distinct("src_path"),
                min("export_date"),
                max("export_date"),
            ],
        ),
        "h-files" => table(
            issues,
            &[by("src_path")],
            &[
                count_if(|_| true),
                count_if(|row| row.get("row_rejected") == Value::Flag(true)),
                max("export_date"),
            ],
        ),
        "h-unreadable" => {
            let rows = only(issues, "kind", &["unreadable_export"]);
            let rows: Vec<&Row> = rows.iter().collect();
            table(&rows, &[by("src_path")], &[min("line"), max("export_date")])
        }
        "h-columns" => {
            let rows = only(issues, "kind", &["unknown_column", "duplicate_column"]);
            let rows: Vec<&Row> = rows.iter().collect();
            let measures = [distinct("src_path"), min("export_date"), max("export_date")];
            table(&rows, &[by("column_name"), by("kind")], &measures)
        }
        "h-new" => {
            let announced = |row: &&&Row| row.get("is_announced") == Value::Flag(true);
            let rows: Vec<&Row> = first_seen.iter().filter(announced).copied().collect();
            let measures = [min("first_day"), max("last_day"), sum("people")];
            table(&rows, &[by("kind"), by("name")], &measures)
        }
        _ => return None,
    })
}
