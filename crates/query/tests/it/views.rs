//! Runs every `.slt` file below `tests/views` over the exports of its folder, with the types of the columns.

use crate::fixture::script::EngineUnderTest;
use crate::fixture::{Fixture, scenarios, scripts};
use crate::parts::rows;
use kiro_query::Engine;
use sqllogictest::{Runner, strict_column_validator};

#[tokio::test(flavor = "multi_thread")]
async fn every_view_gives_the_expected_rows() {
    let mut failures = Vec::new();
    let mut run = 0;
    for scenario in scenarios() {
        let scripts = scripts(&scenario);
        if scripts.is_empty() {
            continue;
        }
        let fixture = Fixture::normalize(&scenario).await;
        for file in scripts {
            let mut runner = Runner::new(|| async { Ok(EngineUnderTest(fixture.engine())) });
            runner.with_column_validator(strict_column_validator);
            run += 1;
            if let Err(error) = runner.run_file_async(&file).await {
                failures.push(error.display(false).to_string());
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {run} files failed\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_by_day_has_the_same_rows_in_time_partitions_of_a_month_as_in_one() {
    for scenario in scenarios() {
        let fixture = Fixture::normalize(&scenario).await;
        let open = |rows| Engine::open_with_time_partitions(fixture.options(), rows).unwrap();
        let (months, whole) = (open(1), open(usize::MAX));
        let relations = whole.catalogue().relations().iter();
        for view in relations.filter(|relation| relation.by_day) {
            let sql = format!("SELECT * FROM {}", view.name);
            let (mut found, mut expected) = (rows(&months, &sql).await, rows(&whole, &sql).await);
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "{} {}", scenario.display(), view.name);
        }
    }
}
