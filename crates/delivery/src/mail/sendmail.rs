//! Hands mails to the machine's `sendmail`, as `cron` does.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::{Mail, MailAddress, MailError, Mailer};

/// Where mail systems install it, besides the search path: `cron` has a short one.
const USUAL_FOLDERS: [&str; 2] = ["/usr/sbin", "/usr/lib"];
/// It puts the mail into a queue, or hands it to a server at once.
const TIMEOUT: Duration = Duration::from_mins(2);

/// The program `sendmail` of Sendmail, Postfix, Exim, `msmtp`, or another one with its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sendmail {
    program: PathBuf,
}

/// The program did not take a mail.
#[derive(Debug, thiserror::Error)]
#[error("`{}` did not take the mail", program.display())]
pub struct SendmailError {
    pub program: PathBuf,
    #[source]
    pub kind: SendmailErrorKind,
}

/// Why the program did not take a mail. Its own words are left out: they may name addresses.
#[derive(Debug, thiserror::Error)]
pub enum SendmailErrorKind {
    #[error("it could not be started")]
    Start(#[source] io::Error),
    #[error("it could not be written to")]
    Write(#[source] io::Error),
    #[error("it did not end within {} seconds", TIMEOUT.as_secs())]
    Timeout,
    #[error("it ended with exit code {code}{}", meaning(*code))]
    Exit { code: i32 },
    #[error("it was ended by a signal")]
    Signal,
}

impl Sendmail {
    /// This program.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
        }
    }

    /// The first `sendmail` in the folders of a search path, in `/usr/sbin` or in `/usr/lib`.
    pub fn find(search_path: Option<&OsStr>) -> Option<Self> {
        let searched = search_path.map(std::env::split_paths).into_iter().flatten();
        let usual = USUAL_FOLDERS.iter().map(PathBuf::from);
        searched
            .chain(usual)
            .map(|folder| folder.join("sendmail"))
            .find(|program| is_executable(program))
            .map(Self::new)
    }

    async fn run(&self, from: &MailAddress, message: &[u8]) -> Result<(), SendmailErrorKind> {
        let mut process = Command::new(&self.program)
            .args(["-t", "-i", "-f", from.as_str()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(SendmailErrorKind::Start)?;
        let input = process.stdin.take();
        let write = async move {
            let Some(mut input) = input else {
                return Ok(());
            };
            input.write_all(message).await?;
            input.shutdown().await
        };
        let both = async { tokio::join!(write, process.wait()) };
        let both = tokio::time::timeout(TIMEOUT, both).await;
        let (written, ended) = both.map_err(|_| SendmailErrorKind::Timeout)?;
        // A program that refuses the mail may end without reading it: its exit code says why.
        check(ended.map_err(SendmailErrorKind::Start)?)?;
        written.map_err(SendmailErrorKind::Write)
    }
}

impl Mailer for Sendmail {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move {
            // Programs of Unix take lines that end with `\n`.
            let message = mail.message().replace("\r\n", "\n");
            let sent = self.run(&mail.from, message.as_bytes()).await;
            sent.map_err(|kind| {
                let program = self.program.clone();
                SendmailError { program, kind }.into()
            })
        })
    }
}

impl SendmailErrorKind {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Start(_) => {
                "name the program with `sendmail` in kiro-analytics.toml, or set `mail_transport = \"ses\"`"
            }
            Self::Write(_) | Self::Timeout | Self::Exit { .. } | Self::Signal => {
                "the log of this machine's mail system says more, for example `journalctl -t sendmail -t msmtp -t postfix/sendmail`; the next run sends the mail"
            }
        })
    }
}

fn check(status: ExitStatus) -> Result<(), SendmailErrorKind> {
    match status.code() {
        Some(0) => Ok(()),
        Some(code) => Err(SendmailErrorKind::Exit { code }),
        None => Err(SendmailErrorKind::Signal),
    }
}

/// The meaning of an exit code in `sysexits.h`.
fn meaning(code: i32) -> &'static str {
    match code {
        64 => ": it does not know these options",
        67 => ": a recipient is unknown",
        68 => ": a host is unknown",
        69 => ": a service is not available",
        75 => ": a temporary failure",
        77 => ": permission denied",
        78 => ": its configuration is wrong",
        _ => "",
    }
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use chrono::DateTime;

    use super::*;
    use crate::ReportFile;
    use crate::mail::Recipients;

    /// A folder with a script as `sendmail`.
    fn folder_with(script: &str) -> (tempfile::TempDir, Sendmail) {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("sendmail");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        (folder, Sendmail::new(program))
    }

    fn mail() -> Mail {
        Mail {
            from: "reports@example.com".parse().unwrap(),
            to: Recipients::parse(["ann@example.com"]).unwrap(),
            subject: "Report".to_owned(),
            text: "Hello\n".to_owned(),
            // More than a pipe holds.
            attachment: Some(ReportFile::csv(
                "a.csv".to_owned(),
                "1,2\r\n".repeat(50_000),
            )),
            date: DateTime::UNIX_EPOCH,
        }
    }

    #[tokio::test]
    async fn the_program_gets_the_message_and_the_sender() {
        let (folder, sendmail) =
            folder_with("cd \"${0%/*}\" && printf '%s ' \"$@\" > arguments && cat > message");
        sendmail.send(&mail()).await.unwrap();
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("arguments"), "-t -i -f reports@example.com ");
        let message = read("message");
        assert!(message.contains("\nTo: <ann@example.com>\n"), "{message}");
        assert!(message.len() > 250_000 && !message.contains('\r'));
    }

    #[tokio::test]
    async fn a_program_that_refuses_says_why_without_an_address() {
        for (script, expected) in [
            (
                "echo ann@example.com unknown >&2; exit 67",
                "it ended with exit code 67: a recipient is unknown",
            ),
            ("cat > /dev/null; exit 9", "it ended with exit code 9"),
            ("kill -9 $$", "it was ended by a signal"),
        ] {
            let (_folder, sendmail) = folder_with(script);
            let error = sendmail.send(&mail()).await.unwrap_err();
            let MailError::Sendmail(error) = error else {
                panic!("{error:?}");
            };
            assert_eq!(error.kind.to_string(), expected);
            assert!(!format!("{error} {error:?}").contains('@'));
        }
        let error = Sendmail::new("/nonexistent/sendmail").send(&mail()).await;
        let error = error.unwrap_err();
        assert!(error.hint().unwrap().contains("mail_transport"), "{error}");
    }

    #[test]
    fn the_search_path_comes_before_the_usual_folders_and_takes_programs_alone() {
        let (folder, sendmail) = folder_with("");
        let other = tempfile::tempdir().unwrap();
        fs::write(other.path().join("sendmail"), "no program").unwrap();
        let path = std::env::join_paths([other.path(), folder.path()]).unwrap();
        assert_eq!(Sendmail::find(Some(&path)), Some(sendmail));
    }
}
