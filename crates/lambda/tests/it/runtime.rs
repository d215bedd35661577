//! The real binary in an emulated Lambda, against the emulated S3.

use std::path::{Path, PathBuf};
use std::process::Command;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::StreamExt;
use kiro_ingest::{ObjectStore, PutMode};
use kiro_report::ObjectKey;
use kiro_s3::{S3Bucket, S3ClientFactory, S3Options};
use serde_json::{Value, json};

use crate::events::recorded;
use crate::server::Server;

/// A function in the emulator, with the buckets it reads and writes.
struct Function {
    name: String,
    exports: String,
    data: String,
}

struct Invoked {
    payload: Value,
    is_error: bool,
    log: String,
}

impl Function {
    fn deploy() -> Self {
        let server = Server::shared();
        let (exports, data) = (server.new_bucket(), server.new_bucket());
        let name = format!("normalize-{exports}");
        let folder = tempfile::tempdir().unwrap();
        let zip = STANDARD.encode(std::fs::read(zip(folder.path())).unwrap());
        let request = json!({
            "FunctionName": name,
            "Runtime": "provided.al2023",
            "Handler": "bootstrap",
            "Role": "arn:aws:iam::123456789012:role/normalizer",
            "Timeout": 60,
            "MemorySize": 256,
            "Code": {"ZipFile": zip},
            "Environment": {"Variables": {
                "KIRO_SOURCES": format!("s3://{exports}/my logs"),
                "KIRO_DESTINATION": format!("s3://{data}/normalized"),
                "AWS_ENDPOINT_URL": format!("http://{}", server.address),
            }}
        });
        let made = server.ask("POST", "/2015-03-31/functions", &request.to_string());
        assert!(made.starts_with("HTTP/1.1 201"), "{made}");
        Self {
            name,
            exports,
            data,
        }
    }

    fn invoke(&self, event: &Value) -> Invoked {
        let path = format!("/2015-03-31/functions/{}/invocations", self.name);
        let answer = Server::shared().ask_with(
            "POST",
            &path,
            "X-Amz-Log-Type: Tail\r\n",
            &event.to_string(),
        );
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let header = |name: &str| {
            head.lines().find_map(|line| {
                let (found, value) = line.split_once(':')?;
                found
                    .eq_ignore_ascii_case(name)
                    .then(|| value.trim().to_owned())
            })
        };
        let log = header("x-amz-log-result").unwrap_or_default();
        Invoked {
            payload: serde_json::from_str(body).unwrap(),
            is_error: header("x-amz-function-error").is_some(),
            log: String::from_utf8(STANDARD.decode(log).unwrap()).unwrap(),
        }
    }
}

/// The binary, without its debug information, as Lambda wants it.
fn zip(folder: &Path) -> PathBuf {
    let bootstrap = folder.join("bootstrap");
    run(Command::new("strip")
        .arg(env!("CARGO_BIN_EXE_normalize-report"))
        .arg("-o")
        .arg(&bootstrap));
    let zip = folder.join("function.zip");
    run(Command::new("python3")
        .args(["-m", "zipfile", "-c"])
        .args([&zip, &bootstrap]));
    zip
}

fn run(command: &mut Command) {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{command:?}: {done:?}");
}

fn bucket(url: &str) -> S3Bucket {
    let credentials = Credentials::new("123456789012", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(format!("http://{}", Server::shared().address))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    S3ClientFactory::new(config, S3Options::default()).bucket(&url.parse().unwrap())
}

async fn put(store: &S3Bucket, day: u32, content: String) {
    let key = format!(
        "my logs/AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/07/{day:02}/00/KIRO_IDE+Plugin_123456789012_user_report_202607{day:02}0000.csv"
    );
    let mut writer = store
        .create(&ObjectKey::new(key), PutMode::Overwrite)
        .await
        .unwrap();
    writer.write(Bytes::from(content)).await.unwrap();
    writer.finish().await.unwrap();
}

fn export_of_day(day: u32) -> String {
    format!(
        "Date,UserId,Client_Type,Total_Messages,auto_messages,Brand_New\n2026-07-{day:02},aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb,KIRO_IDE,10,10,secret-cell\n"
    )
}

async fn facts(function: &Function) -> usize {
    let data = bucket(&format!("s3://{}/normalized", function.data));
    data.list("facts/").map(Result::unwrap).count().await
}

/// The line of metrics in a log.
fn metrics(log: &str) -> Value {
    let lines = log.lines().filter_map(|line| {
        let json = line.find("{\"").map(|start| &line[start..])?;
        serde_json::from_str::<Value>(json).ok()
    });
    let found: Vec<Value> = lines.filter(|line| line.get("_aws").is_some()).collect();
    assert_eq!(found.len(), 1, "{log}");
    found[0].clone()
}

#[tokio::test]
async fn the_binary_answers_recorded_events_in_an_emulated_lambda() {
    let function = Function::deploy();
    let exports = bucket(&format!("s3://{}", function.exports));
    for day in 1..=3 {
        put(&exports, day, export_of_day(day)).await;
    }

    let invoked = function.invoke(&recorded("s3_test"));
    assert!(!invoked.is_error, "{}", invoked.payload);

    let invoked = function.invoke(&json!({"max_files": 2}));
    assert!(!invoked.is_error, "{}", invoked.payload);
    assert_eq!(invoked.payload["files_processed"], 2);
    assert_eq!(invoked.payload["files_remaining"], 1);

    let mut arrival = recorded("s3_notification");
    arrival["Records"][0]["s3"]["bucket"]["name"] = json!(function.exports);
    put(&exports, 10, export_of_day(10)).await;
    let invoked = function.invoke(&arrival);
    assert_eq!(invoked.payload["files_processed"], 1, "{}", invoked.payload);

    put(&exports, 11, "no,report\n1,2\n".to_owned()).await;
    let invoked = function.invoke(&recorded("scheduler"));
    assert!(invoked.is_error);
    assert_eq!(invoked.payload["errorType"], "ExportsFailed");
    let message = invoked.payload["errorMessage"].as_str().unwrap();
    assert!(message.starts_with("1 of 5 exports"), "{message}");
    assert_eq!(facts(&function).await, 4);
    let metrics = metrics(&invoked.log);
    assert_eq!(metrics["FilesProcessed"], 1);
    assert_eq!(metrics["FilesSkipped"], 3);
    assert_eq!(metrics["FilesFailed"], 1);
    assert_eq!(metrics["UnknownColumns"], 1);
    assert_eq!(metrics["FunctionName"], function.name);
    assert!(!invoked.log.contains("secret-cell"), "{}", invoked.log);
    assert!(
        invoked.log.contains("\"message\":\"Run ended.\""),
        "{}",
        invoked.log
    );
}
