//! Signing in by a process of its own: environment variables belong to a process, and tests run side by side in one.

use std::io::Write;
use std::process::Command;

use kiro_deploy::aws::{Aws, AwsTuning, SdkOptions};
use kiro_deploy::step::{ErrorCategory, StepError};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Marks the child process.
const IS_CHILD: &str = "KIRO_TEST_SIGNS_IN";
/// Begins the line with the outcome.
const OUTCOME: &str = "outcome of the sign-in: ";

/// A user's machine: a home folder, AWS files and variables, isolated from the real machine.
pub(crate) struct Machine {
    pub(crate) home: TempDir,
    variables: Vec<(String, String)>,
}

/// The result of a sign-in.
#[derive(Debug)]
pub(crate) struct SignIn(Value);

impl Machine {
    /// Access keys and a Region in variables.
    pub(crate) fn new() -> Self {
        Self::without_credentials()
            .variable("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
            .variable("AWS_SECRET_ACCESS_KEY", "s")
            .variable("AWS_REGION", "eu-central-1")
    }

    pub(crate) fn without_credentials() -> Self {
        Self {
            home: TempDir::new().unwrap(),
            variables: Vec::new(),
        }
        .variable("AWS_EC2_METADATA_DISABLED", "true")
    }

    /// `~/.aws/config`, with a Region in every profile.
    pub(crate) fn config(self, text: &str) -> Self {
        self.file(".aws/config", text)
    }

    pub(crate) fn file(self, name: &str, text: &str) -> Self {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    #[must_use]
    pub(crate) fn variable(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) async fn sign_in(&self) -> SignIn {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "child::without_anything_no_region_is_guessed"])
            .arg("--nocapture")
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", "/usr/bin:/bin")
            .env(IS_CHILD, "yes")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        let ended = tokio::task::spawn_blocking(move || command.output().unwrap());
        let ended = ended.await.unwrap();
        let text = String::from_utf8_lossy(&ended.stdout).into_owned();
        let line = text.lines().find_map(|line| {
            let (_, outcome) = line.split_once(OUTCOME)?;
            Some(outcome)
        });
        let line =
            line.unwrap_or_else(|| panic!("{text}\n{}", String::from_utf8_lossy(&ended.stderr)));
        SignIn(serde_json::from_str(line).unwrap())
    }
}

impl SignIn {
    #[track_caller]
    pub(crate) fn assert_well(&self) {
        assert_eq!(self.0["account"], "123456789012", "{}", self.0);
    }

    pub(crate) fn region(&self) -> &str {
        self.0["region"].as_str().unwrap_or_default()
    }

    /// The message, the hint and the kind of the failure.
    pub(crate) fn error(&self) -> String {
        self.0["error"].as_str().unwrap_or_default().to_owned()
    }

    /// Returns true if the exit code is that of a wrong command or configuration (2).
    pub(crate) fn is_usage_error(&self) -> bool {
        self.0["is_usage_error"] == true
    }
}

fn is_child() -> bool {
    std::env::vars().any(|(name, _)| name == IS_CHILD)
}

async fn outcome() -> Value {
    match Aws::sign_in(&SdkOptions::default(), AwsTuning::default()).await {
        Ok(aws) => json!({"account": aws.account(), "region": aws.region()}),
        Err(error) => {
            let text = format!("{:?}: {error}; hint: {}", error.kind, error.hint());
            let is_usage_error = StepError::from(error).category() == ErrorCategory::Usage;
            json!({"error": text, "is_usage_error": is_usage_error})
        }
    }
}

/// Also runs in the child process.
#[tokio::test]
async fn without_anything_no_region_is_guessed() {
    if is_child() {
        let line = format!("\n{OUTCOME}{}\n", outcome().await);
        std::io::stdout().write_all(line.as_bytes()).unwrap();
        return;
    }
    let found = Machine::without_credentials().sign_in().await;
    assert!(
        found.error().contains("no Region is configured"),
        "{}",
        found.error()
    );
    assert!(found.is_usage_error());
}
