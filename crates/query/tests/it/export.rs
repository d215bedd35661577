//! Exports of whole relations.

use std::fs::{self, File};

use crate::parts::{fact, open, write_facts};
use arrow::array::AsArray;
use kiro_query::{ExportFormat, QueryError, ResultFormat};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

#[tokio::test(flavor = "multi_thread")]
async fn each_format_holds_the_same_rows() {
    let data = tempfile::tempdir().unwrap();
    write_facts(
        data.path(),
        "2026-07-02",
        1,
        &[
            fact("2026-07-01", "alice, \"a\"", 3),
            fact("2026-07-01", "bob", 4),
        ],
    );
    let engine = open(data.path());
    let out = tempfile::tempdir().unwrap();

    let csv = out.path().join("daily.csv");
    assert_eq!(
        engine
            .export("report_facts", ExportFormat::Csv, &csv)
            .await
            .unwrap(),
        2
    );
    let text = fs::read_to_string(&csv).unwrap();
    assert!(
        text.starts_with("activity_date,user_id,client_type,"),
        "{text}"
    );
    assert!(
        text.contains("2026-07-01,\"alice, \"\"a\"\"\",KIRO_IDE,PRO,,3,0.5,"),
        "{text}"
    );

    let json = out.path().join("daily.json");
    engine
        .export("report_facts", ExportFormat::Json, &json)
        .await
        .unwrap();
    let rows: Vec<serde_json::Value> =
        serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["activity_date"], "2026-07-01");
    assert_eq!(rows[0]["chat_conversations"], serde_json::Value::Null);
    assert_eq!(rows[1]["total_messages"], 4);

    let parquet = out.path().join("daily.parquet");
    engine
        .export("report_facts", ExportFormat::Parquet, &parquet)
        .await
        .unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&parquet).unwrap())
        .unwrap()
        .build()
        .unwrap();
    let batches: Vec<_> = reader.map(Result::unwrap).collect();
    assert_eq!(batches[0].num_rows(), 2);
    assert_eq!(
        batches[0]
            .column_by_name("user_id")
            .unwrap()
            .as_string::<i32>()
            .value(1),
        "bob"
    );

    let names: Vec<_> = fs::read_dir(out.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 3, "no temporary file is left: {names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_fails_leaves_nothing_behind() {
    let data = tempfile::tempdir().unwrap();
    let engine = open(data.path());
    let out = tempfile::tempdir().unwrap();
    let unknown = engine
        .export("user_dims", ExportFormat::Csv, &out.path().join("x.csv"))
        .await
        .unwrap_err();
    assert!(
        matches!(unknown, QueryError::UnknownRelation { .. }),
        "{unknown:?}"
    );
    let nowhere = out.path().join("no/such/folder/x.csv");
    let error = engine
        .export("user_dim", ExportFormat::Csv, &nowhere)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, QueryError::Write { path, .. } if path == &nowhere),
        "{error:?}"
    );
    let taken = out.path().join("taken");
    fs::create_dir_all(taken.join("inside")).unwrap();
    assert!(
        engine
            .export("user_dim", ExportFormat::Csv, &taken)
            .await
            .is_err()
    );
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_relation_is_a_header_and_an_empty_array() {
    let data = tempfile::tempdir().unwrap();
    let engine = open(data.path());
    let out = data.path().join("identity.out");
    engine
        .export("identity_map", ExportFormat::Csv, &out)
        .await
        .unwrap();
    assert_eq!(
        fs::read_to_string(&out).unwrap(),
        "idc_user_id,idc_username,idc_display_name,idc_email,team,cost_center,manager,status,source,is_seat,attributes\n"
    );
    engine
        .export("identity_map", ExportFormat::Json, &out)
        .await
        .unwrap();
    assert_eq!(fs::read_to_string(&out).unwrap().trim(), "[]");
    engine
        .export("identity_map", ExportFormat::Parquet, &out)
        .await
        .unwrap();
    assert!(ParquetRecordBatchReaderBuilder::try_new(File::open(&out).unwrap()).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_written_in_the_format_asked_for() {
    let data = tempfile::tempdir().unwrap();
    let engine = open(data.path());
    let sql = "SELECT DATE '2026-07-01' AS day, CAST(NULL AS varchar) AS label, 1.5e0 / 0e0 AS share, 3 AS messages";
    for (format, expected) in [
        (
            ResultFormat::Json,
            "[{\"day\":\"2026-07-01\",\"label\":null,\"share\":null,\"messages\":3}]\n",
        ),
        (
            ResultFormat::Csv,
            "day,label,share,messages\n2026-07-01,,inf,3\n",
        ),
    ] {
        let mut out = Vec::new();
        assert_eq!(
            format
                .write(engine.query(sql).await.unwrap(), &mut out)
                .await
                .unwrap(),
            1
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
