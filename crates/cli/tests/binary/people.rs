//! The commands about people as a process, with a directory over HTTP.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Output;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{kiro_analytics, query, text};

const STORE: &str = "d-1234567890";
/// What every name in this file has in it: none may be in a message.
const PLANTED: &str = "Planted";

/// An IAM Identity Center that answers from memory, and remembers what it was asked.
struct Directory {
    address: SocketAddr,
    state: Arc<Mutex<DirectoryState>>,
}

#[derive(Default)]
struct DirectoryState {
    users: Vec<Value>,
    groups: Vec<(Value, Vec<String>)>,
    is_denied: bool,
    /// Operations with their bodies.
    requests: Vec<(String, Value)>,
}

impl Directory {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(DirectoryState::default()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut operation, mut length) = (String::new(), 0);
                loop {
                    let mut line = String::new();
                    // A client that has gone.
                    if reader.read_line(&mut line).unwrap_or(0) == 0 {
                        break;
                    }
                    let line = line.trim().to_lowercase();
                    if let Some(target) = line.strip_prefix("x-amz-target:") {
                        target
                            .rsplit('.')
                            .next()
                            .unwrap()
                            .clone_into(&mut operation);
                    }
                    if let Some(bytes) = line.strip_prefix("content-length:") {
                        length = bytes.trim().parse().unwrap();
                    }
                    if line.is_empty() {
                        break;
                    }
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                let body = serde_json::from_slice(&body).unwrap_or_default();
                let (status, answer) = shared.lock().unwrap().answer(&operation, &body);
                let answer = answer.to_string();
                write!(
                    stream,
                    "HTTP/1.1 {status} X\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
                    answer.len()
                )
                .unwrap();
            }
        });
        Self { address, state }
    }

    fn set_users(&self, numbers: impl IntoIterator<Item = usize>) {
        self.state.lock().unwrap().users = numbers.into_iter().map(user).collect();
    }

    fn add_group(&self, name: &str, numbers: &[usize]) {
        let members = numbers.iter().map(|number| user_id(*number)).collect();
        let mut state = self.state.lock().unwrap();
        let group =
            json!({"GroupId": format!("g-{name}"), "DisplayName": name, "IdentityStoreId": STORE});
        state.groups.push((group, members));
    }

    fn deny(&self) {
        self.state.lock().unwrap().is_denied = true;
    }

    /// The operations since the last call, sorted.
    fn asked(&self) -> Vec<String> {
        let requests = std::mem::take(&mut self.state.lock().unwrap().requests);
        let mut names: Vec<String> = requests.into_iter().map(|(name, _)| name).collect();
        names.sort();
        names
    }

    fn people(&self, folder: &Path, words: &[&str]) -> Output {
        kiro_analytics()
            .current_dir(folder)
            .arg("people")
            .args(words)
            .env("AWS_ENDPOINT_URL", format!("http://{}", self.address))
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", "/nonexistent")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .output()
            .unwrap()
    }

    fn sync(&self, folder: &Path, words: &[&str]) -> Value {
        let output = self.people(folder, &[&["sync", "--output", "json"], words].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

impl DirectoryState {
    fn answer(&mut self, operation: &str, body: &Value) -> (u16, Value) {
        self.requests.push((operation.to_owned(), body.clone()));
        if self.is_denied {
            let message = format!("User: {PLANTED} is not authorized");
            return (
                400,
                json!({"__type": "AccessDeniedException", "Message": message}),
            );
        }
        let answer = match operation {
            "listinstances" => {
                json!({"Instances": [{"IdentityStoreId": STORE, "Status": "ACTIVE"}]})
            }
            "listusers" => json!({"Users": self.users}),
            "listgroups" => {
                let groups = self.groups.iter().map(|(group, _)| group);
                json!({"Groups": groups.collect::<Vec<_>>()})
            }
            "listgroupmemberships" => {
                let mut groups = self.groups.iter();
                let found = groups.find(|(group, _)| group["GroupId"] == body["GroupId"]);
                let members = found.unwrap().1.iter();
                let members =
                    members.map(|id| json!({"IdentityStoreId": STORE, "MemberId": {"UserId": id}}));
                json!({"GroupMemberships": members.collect::<Vec<_>>()})
            }
            "describeuser" => {
                let mut users = self.users.iter();
                let Some(user) = users.find(|user| user["UserId"] == body["UserId"]) else {
                    let missing = json!({
                        "__type": "ResourceNotFoundException", "Message": "USER not found.", "ResourceType": "USER",
                    });
                    return (400, missing);
                };
                user.clone()
            }
            other => panic!("unexpected operation `{other}`"),
        };
        (200, answer)
    }
}

fn user_id(number: usize) -> String {
    format!("{number:08x}-aaaa-4bbb-8ccc-ddddeeeeffff")
}

fn user(number: usize) -> Value {
    json!({
        "IdentityStoreId": STORE,
        "UserId": user_id(number),
        "UserName": format!("planted{number}"),
        "DisplayName": format!("{PLANTED} {number}"),
        "Emails": [{"Value": format!("planted{number}@example.com"), "Primary": true}],
    })
}

/// A folder with one export of these users, normalized into `kiro-analytics-data`.
fn with_users(numbers: impl IntoIterator<Item = usize>) -> TempDir {
    let folder = TempDir::new().unwrap();
    add_export(folder.path(), 1, numbers);
    folder
}

fn add_export(folder: &Path, day: usize, numbers: impl IntoIterator<Item = usize>) {
    let exports = folder.join("exports");
    fs::create_dir_all(&exports).unwrap();
    let mut csv =
        "Date,UserId,Client_Type,Total_Messages,Credits_Used,Subscription_Tier\n".to_owned();
    for number in numbers {
        // The spelling of exports: the store before the id, in capitals.
        let id = user_id(number).to_uppercase();
        writeln!(csv, "2026-09-{day:02},{STORE}.{id},KIRO_IDE,5,1.5,PRO").unwrap();
    }
    let name = format!("KIRO_IDE_123456789012_user_report_202609{day:02}0000.csv");
    fs::write(exports.join(name), csv).unwrap();
    let output = kiro_analytics()
        .current_dir(folder)
        .args(["normalize", "exports", "kiro-analytics-data"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
}

fn labels(folder: &Path) -> Vec<Value> {
    let sql = "SELECT user_label, team FROM user_dim ORDER BY user_id";
    let rows = query(&folder.join("kiro-analytics-data"), sql).into_iter();
    rows.map(|row| json!([row["user_label"], row["team"]]))
        .collect()
}

#[test]
fn a_directory_is_asked_for_all_once_and_then_for_new_users_alone() {
    let directory = Directory::start();
    directory.set_users(1..=12);
    directory.add_group("team-a", &[1, 2]);
    directory.add_group("everyone", &[1, 2, 3]);
    let folder = with_users([1, 3, 99]);
    fs::write(
        folder.path().join("kiro-analytics.toml"),
        "team_groups = [\"team-*\"]\nseat_groups = [\"everyone\"]\n",
    )
    .unwrap();
    let synced = directory.sync(folder.path(), &[]);
    assert_eq!(synced["asked"], "all");
    assert_eq!(synced["outcome"]["users"], 12);
    assert_eq!(synced["summary"]["named_users"], 2);
    assert_eq!(synced["summary"]["seats"], 3);
    assert_eq!(
        directory.asked(),
        [
            "listgroupmemberships",
            "listgroupmemberships",
            "listgroups",
            "listinstances",
            "listusers"
        ]
    );
    let unnamed = user_id(99);
    assert_eq!(
        labels(folder.path()),
        [
            json!(["Planted 1", "team-a"]),
            json!(["Planted 3", null]),
            json!([unnamed, null])
        ]
    );

    let again = directory.sync(folder.path(), &[]);
    assert_eq!(again["asked"], "nothing");
    assert!(directory.asked().is_empty());

    // New in the data: one is in the answer, two are asked for, and one of these is unknown.
    directory.set_users(1..=13);
    add_export(folder.path(), 2, [2, 13, 98]);
    assert_eq!(
        labels(folder.path())[1],
        json!(["Planted 2", "team-a"]),
        "without a request"
    );
    assert!(directory.asked().is_empty());
    let new = directory.sync(folder.path(), &[]);
    assert_eq!(
        (&new["asked"], &new["outcome"]["new_users"]),
        (&json!("ids"), &json!(1))
    );
    assert_eq!(
        directory.asked(),
        ["describeuser", "describeuser", "listinstances"]
    );
    assert_eq!(directory.sync(folder.path(), &[])["asked"], "nothing");
    assert_eq!(
        directory.sync(folder.path(), &["--refresh"])["asked"],
        "all"
    );
}

#[test]
fn a_shrunken_answer_changes_nothing_unless_it_is_accepted() {
    let directory = Directory::start();
    directory.set_users(1..=20);
    let folder = with_users([1, 2]);
    directory.sync(folder.path(), &[]);
    let before = labels(folder.path());
    directory.set_users(2..=9);
    let refused = directory.people(folder.path(), &["sync", "--refresh"]);
    assert_eq!(refused.status.code(), Some(1));
    let message = text(&refused.stderr);
    assert!(message.contains("has 8 users now"), "{message}");
    assert!(message.contains("--accept-shrink"), "{message}");
    assert_eq!(labels(folder.path()), before);
    let accepted = directory.sync(folder.path(), &["--refresh", "--accept-shrink"]);
    assert_eq!(accepted["outcome"]["former_users"], 12);
    assert_eq!(
        labels(folder.path()),
        before,
        "former users keep their names"
    );
    let left = directory.people(
        folder.path(),
        &["list", "--status", "left", "--format", "csv"],
    );
    assert_eq!(text(&left.stdout).lines().count(), 2);
}

#[test]
fn a_refusal_of_aws_ends_with_3_and_names_nobody() {
    let directory = Directory::start();
    directory.set_users([1]);
    directory.deny();
    let folder = with_users([1]);
    for (settings, cause) in [
        ("", "`sso:ListInstances`"),
        ("identity_store = \"d-1234567890\"\n", "`identitystore:List"),
    ] {
        fs::write(folder.path().join("kiro-analytics.toml"), settings).unwrap();
        let refused = directory.people(folder.path(), &["sync"]);
        assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stderr));
        let message = text(&refused.stderr);
        assert!(
            message.contains(cause) && message.contains("is not allowed"),
            "{message}"
        );
        assert!(!message.contains(PLANTED), "{message}");
    }
    assert!(!folder.path().join("kiro-analytics-data/people").exists());
    fs::write(
        folder.path().join("kiro-analytics.toml"),
        "identity_role = \"reader\"\n",
    )
    .unwrap();
    let wrong = directory.people(folder.path(), &["sync"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("kiro-analytics.toml:1: `identity_role`"));
}

#[test]
fn a_roster_comes_from_standard_input_and_its_mistakes_name_nobody() {
    let folder = with_users([1, 2]);
    let import = |roster: &str| {
        let mut child = kiro_analytics()
            .current_dir(folder.path())
            .args(["people", "import", "-", "--output", "json"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(roster.as_bytes()).unwrap();
        drop(input);
        child.wait_with_output().unwrap()
    };
    let id = user_id(2);
    let roster = format!("user_id\tname\tteam\n{id}\t{PLANTED} Two\tTeam\n");
    let output = import(&roster);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let imported: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(imported["outcome"]["matched_rows"], 1);
    assert_eq!(imported["summary"]["roster"]["file_name"], "standard input");
    assert_eq!(labels(folder.path())[1], json!(["Planted Two", "Team"]));
    // A row per line: the first twenty, then how many more.
    let wrong = format!("user_id,name\n{}", format!(",{PLANTED}\n").repeat(25));
    let output = import(&wrong);
    assert_eq!(output.status.code(), Some(1));
    let message = text(&output.stderr);
    assert!(
        message.starts_with("error: standard input:2: no `user_id`"),
        "{message}"
    );
    assert!(message.contains("… and 5 more wrong rows"), "{message}");
    assert!(!message.contains(PLANTED), "{message}");
    assert_eq!(labels(folder.path())[1], json!(["Planted Two", "Team"]));
}

#[test]
fn a_forgotten_person_is_in_no_file_and_in_no_view() {
    let directory = Directory::start();
    directory.set_users(1..=12);
    let folder = with_users([1, 2]);
    let roster =
        format!("email,name,office\nplanted1@example.com,{PLANTED} One,{PLANTED} Office\n");
    fs::write(folder.path().join("roster.csv"), roster).unwrap();
    directory.sync(folder.path(), &[]);
    let output = directory.people(folder.path(), &["import", "roster.csv"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let output = directory.people(folder.path(), &["forget", "Planted1@example.com", "--yes"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for words in [["sync", "--refresh"].as_slice(), &["import", "roster.csv"]] {
        assert!(directory.people(folder.path(), words).status.success());
        let state = fs::read(folder.path().join("kiro-analytics-data/people/state.json")).unwrap();
        let map = directory.people(folder.path(), &["export", "--out", "-"]);
        let shown = [
            text(&state),
            text(&map.stdout),
            json!(labels(folder.path())).to_string(),
        ];
        for text in &shown {
            let text = text.to_lowercase();
            assert!(
                !text.contains("planted one") && !text.contains("planted office"),
                "{text}"
            );
            assert!(
                !text.contains("planted1@") && !text.contains("\"planted1\""),
                "{text}"
            );
        }
        assert!(shown[1].contains("Person "), "{}", shown[1]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_roster_is_read_from_a_bucket() {
    use crate::server::Server;

    let folder = with_users([1]);
    let bucket = Server::shared().new_bucket();
    let roster = format!("user_id,name\n{},{PLANTED} One\n", user_id(1));
    let answer = Server::shared().ask("PUT", &format!("/{bucket}/hr/roster.csv"), &roster);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let import = |place: &str| {
        kiro_analytics()
            .current_dir(folder.path())
            .args(["people", "import", place])
            .env(
                "AWS_ENDPOINT_URL",
                format!("http://{}", Server::shared().address),
            )
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ACCESS_KEY_ID", "123456789012")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .output()
            .unwrap()
    };
    let output = import(&format!("s3://{bucket}/hr/roster.csv"));
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains(&format!("1 row of `s3://{bucket}/hr/roster.csv`")));
    assert_eq!(labels(folder.path()), [json!(["Planted One", null])]);
    for (place, code, cause) in [
        (
            format!("s3://{bucket}/hr/rosters.csv"),
            2,
            "it does not exist",
        ),
        (
            "s3://no-such-bucket/roster.csv".to_owned(),
            3,
            "the bucket does not exist",
        ),
        (format!("s3://{bucket}"), 2, "expected `s3://bucket/prefix`"),
    ] {
        let output = import(&place);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{message}");
        assert!(message.contains(cause), "{message}");
    }
}
