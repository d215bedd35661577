//! A data folder without data: every relation exists, with its columns.

use std::path::Path;

use futures::TryStreamExt;
use kiro_catalog::{ColumnType, RenderOptions};
use kiro_query::{Engine, EngineOptions};

fn open(data: &Path) -> Engine {
    let options = EngineOptions {
        data: data.to_owned(),
        render: RenderOptions::default(),
        since: None,
        until: None,
    };
    Engine::open(options).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_relation_has_its_declared_columns_even_without_data() {
    let engine = open(Path::new("no/such/folder"));
    let mut problems = Vec::new();
    for relation in engine.catalogue().relations() {
        let stream = match engine
            .query(&format!("SELECT * FROM {}", relation.name))
            .await
        {
            Ok(stream) => stream,
            Err(error) => {
                problems.push(format!(
                    "{}: {error}: {:?}",
                    relation.name,
                    std::error::Error::source(&error)
                ));
                continue;
            }
        };
        let found: Vec<(String, ColumnType)> = stream
            .schema()
            .fields()
            .iter()
            .map(|field| {
                let column_type = match field.data_type() {
                    arrow::datatypes::DataType::Utf8View => ColumnType::Varchar,
                    arrow::datatypes::DataType::Int64 => ColumnType::Bigint,
                    arrow::datatypes::DataType::Float64 => ColumnType::Double,
                    arrow::datatypes::DataType::Boolean => ColumnType::Boolean,
                    arrow::datatypes::DataType::Date32 => ColumnType::Date,
                    other => panic!("{}: {} is {other}", relation.name, field.name()),
                };
                (field.name().clone(), column_type)
            })
            .collect();
        let declared: Vec<(String, ColumnType)> = relation
            .columns
            .iter()
            .map(|column| (column.name.clone(), column.column_type))
            .collect();
        assert_eq!(found, declared, "{}", relation.name);
        let rows: usize = stream
            .try_collect::<Vec<_>>()
            .await
            .unwrap()
            .iter()
            .map(arrow::array::RecordBatch::num_rows)
            .sum();
        assert_eq!(
            engine.row_count(&relation.name).await.unwrap(),
            rows as u64,
            "{}",
            relation.name
        );
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
