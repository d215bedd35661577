//! `kiro-analytics alerts`: what is new, shown, printed for a mail, or posted to a webhook.

use std::io::{self, Write};

use kiro_alerts::{
    Alert, AlertState, Delivery, DeliveryError, Digest, FolderState, StateError, deliver,
};
use kiro_config::Config;
use serde::Serialize;
use serde_json::Value;

use crate::alert_channel::{OUTPUT, WEBHOOK};
use crate::args::{AlertsArgs, Output, Window};
use crate::command_error::{CommandError, note};
use crate::commands::normalize::now;
use crate::context::CommandContext;
use crate::exit::Exit;
use crate::format::counted;
use crate::webhook::Sender;
use crate::{alert_rows, engine, output, webhook};

/// The output for programs.
#[derive(Serialize)]
struct Answer<'a> {
    /// Empty if nothing is new.
    alerts: &'a [Alert],
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    /// Alerts that are true and were sent before.
    sent_before: usize,
    /// The host of the webhook that has accepted the message.
    sent_to: Option<&'a str>,
    /// What a webhook would get, with `--webhook --dry-run`.
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_body: Option<Value>,
    /// Whether these alerts are remembered as sent.
    is_recorded: bool,
}

pub(crate) async fn run(
    args: AlertsArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let config = &context.config(&args.data)?;
    let sender = if args.webhook && !args.dry_run {
        Some(Sender::of_settings(config).await?)
    } else {
        None
    };
    let engine = engine::open(config, Window::ALL)?;
    let alerts = alert_rows::of_engine(&engine, &config.views.alerts).await?;
    let store = FolderState::below(&config.data);
    let channel = if args.webhook { WEBHOOK } else { OUTPUT };
    let state = AlertState::new(&store, channel);
    match sender {
        Some(sender) => post(&state, alerts, &sender, args.output).await,
        None if args.record && !args.dry_run => print_and_record(&state, alerts, args.output).await,
        None => show(&state, alerts, &args, config).await,
    }
}

/// Shows alerts. Changes nothing.
async fn show(
    state: &AlertState<'_>,
    alerts: Vec<Alert>,
    args: &AlertsArgs,
    config: &Config,
) -> Result<(), CommandError> {
    let all = alerts.len();
    let untold = state.untold(alerts.clone(), now()).await;
    let new = untold.map_err(state_error)?;
    let sent_before = all - new.len();
    let digest = Digest::new(if args.all { alerts } else { new });
    if args.output == Output::Json {
        let body = digest.as_ref().filter(|_| args.webhook);
        return output::print_json(&Answer {
            webhook_body: body.map(|digest| digest.webhook_body(webhook::format(config))),
            ..Answer::of(digest.as_ref(), sent_before)
        });
    }
    match &digest {
        Some(digest) => write_digest(digest)?,
        None if sent_before > 0 => note(format_args!(
            "no new alerts; {} sent before: --all shows them",
            counted(sent_before as u64, "alert")
        )),
        None => note("no alerts"),
    }
    Ok(())
}

/// Prints new alerts, and remembers them once standard output has taken them.
async fn print_and_record(
    state: &AlertState<'_>,
    alerts: Vec<Alert>,
    format: Output,
) -> Result<(), CommandError> {
    let all = alerts.len();
    let print = async |digest: &Digest| match format {
        Output::Text => write_digest(digest),
        Output::Json => print_answer(&Answer {
            is_recorded: true,
            ..Answer::of(Some(digest), all - digest.alerts.len())
        }),
    };
    match deliver(state, alerts, now(), print).await {
        Ok(Delivery::Nothing) if format == Output::Json => {
            output::print_json(&Answer::of(None, all))
        }
        Ok(Delivery::Sent(_) | Delivery::Nothing) => Ok(()),
        Err(DeliveryError::Send(error)) => Err(error.into()),
        Err(error) => Err(CommandError::data(error)),
    }
}

/// Posts new alerts to the webhook.
async fn post(
    state: &AlertState<'_>,
    alerts: Vec<Alert>,
    sender: &Sender,
    format: Output,
) -> Result<(), CommandError> {
    let all = alerts.len();
    let sent = deliver(state, alerts, now(), async |digest: &Digest| {
        sender.send(digest).await
    });
    let digest = match sent.await {
        Ok(Delivery::Sent(digest)) => Some(digest),
        Ok(Delivery::Nothing) => None,
        Err(error) => {
            let exit = match &error {
                DeliveryError::Send(_) => Exit::Aws,
                DeliveryError::State(_) | DeliveryError::Unmarked(_) => Exit::Data,
            };
            let hint = webhook::hint(&error);
            return Err(CommandError {
                exit,
                ..CommandError::data(error)
            }
            .maybe_hint(hint));
        }
    };
    let sent = digest.as_ref().map_or(0, |digest| digest.alerts.len());
    if format == Output::Json {
        return output::print_json(&Answer {
            sent_to: digest.as_ref().map(|_| sender.host()),
            is_recorded: digest.is_some(),
            ..Answer::of(digest.as_ref(), all - sent)
        });
    }
    if sent > 0 {
        let mut out = output::stdout();
        let alerts = counted(sent as u64, "alert");
        writeln!(out, "sent {alerts} to {}", sender.host())?;
        out.flush()?;
    }
    Ok(())
}

impl<'a> Answer<'a> {
    fn of(digest: Option<&'a Digest>, sent_before: usize) -> Self {
        Self {
            alerts: digest.map_or(&[], |digest| &digest.alerts),
            subject: digest.map(|digest| digest.subject.as_str()),
            sent_before,
            sent_to: None,
            webhook_body: None,
            is_recorded: false,
        }
    }
}

fn write_digest(digest: &Digest) -> io::Result<()> {
    let mut out = output::stdout();
    writeln!(out, "{}", digest.subject)?;
    out.write_all(digest.plain_text().as_bytes())?;
    out.flush()
}

fn print_answer(answer: &Answer<'_>) -> io::Result<()> {
    let mut out = output::stdout();
    serde_json::to_writer_pretty(&mut out, answer)?;
    writeln!(out)?;
    out.flush()
}

fn state_error(error: StateError) -> CommandError {
    CommandError::data(error)
}
