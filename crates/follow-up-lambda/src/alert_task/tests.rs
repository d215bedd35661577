//! From rows to messages, over fakes of Athena, of the topic, of the secret and of the state.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use kiro_alerts::{AlertState, StateStore, Statement, WebhookFormat};
use kiro_catalog::{AlertRule, Alerts};

use super::{AlertChannel, AlertTask};
use crate::alert_query::alert_rows;
use crate::alert_sender::AlertSender;
use crate::error::TaskError;
use crate::event::FinishedRun;
use crate::follow_up::Task;
use crate::query_service::{QueryService, QueryState};
use crate::response::{AlertCounts, TaskReport};
use crate::topic::TopicSender;
use fake_queries::{FakeQueries, months_row, sources_row, spike_row};
use fake_receiver::Receiver;
use fakes::{FakeTopic, MemoryState, webhook_sender};

mod fake_queries;
mod fake_receiver;
mod fakes;

fn now() -> DateTime<Utc> {
    "2026-11-21T03:15:10Z".parse().unwrap()
}

fn run(id: &str) -> FinishedRun {
    FinishedRun {
        id: id.to_owned(),
        ended: now() - TimeDelta::seconds(5),
        has_news: true,
    }
}

/// A person with a spike, one at a level of the allowance, and a source that is late.
fn queries() -> Arc<FakeQueries> {
    let queries = FakeQueries::default();
    queries.has(Statement::Months, vec![months_row("Bo")]);
    queries.has(Statement::Spikes, vec![spike_row("Ann Lee")]);
    queries.has(
        Statement::Sources,
        vec![
            sources_row("1", "2026-11-20"),
            sources_row("2", "2026-11-14"),
        ],
    );
    Arc::new(queries)
}

fn task(queries: &Arc<FakeQueries>, state: &Arc<MemoryState>, topic: &Arc<FakeTopic>) -> AlertTask {
    let topic = Arc::clone(topic) as Arc<dyn crate::topic::Topic>;
    AlertTask {
        queries: Arc::clone(queries) as Arc<dyn QueryService>,
        settings: Alerts::default(),
        state: Arc::clone(state) as Arc<dyn StateStore>,
        channels: vec![channel("topic", TopicSender(topic))],
        clock: now,
    }
}

fn channel(name: &'static str, sender: impl AlertSender + 'static) -> AlertChannel {
    AlertChannel {
        name,
        sender: Arc::new(sender),
    }
}

async fn counts(task: &AlertTask, run: &FinishedRun) -> AlertCounts {
    match task.follow(run).await.unwrap() {
        TaskReport::Alerts(counts) => counts,
        TaskReport::Imports(counts) => panic!("{counts:?}"),
    }
}

#[tokio::test]
async fn rows_become_one_message_to_the_topic_and_one_to_the_webhook() {
    let (queries, state, topic) = (queries(), Arc::default(), Arc::default());
    let receiver = Receiver::start("200 OK");
    let mut task = task(&queries, &state, &topic);
    let webhook = webhook_sender(&receiver.secret(), WebhookFormat::Json);
    task.channels.push(channel("webhook", webhook));
    let found = counts(&task, &run("run-1")).await;
    assert_eq!((found.alerts, found.sent), (3, 6));

    let published = topic.published();
    assert_eq!(published.len(), 1);
    let (subject, body) = &published[0];
    assert_eq!(
        subject,
        "Kiro 2026-11-20: 1 late source, 1 near allowance, 1 spike"
    );
    assert_eq!(
        body,
        "As of 2026-11-20\n\
         \n\
         Late data\n\
         - user_report of account 2, Region us-east-1: the newest day is 2026-11-14, 7 days ago\n\
         \n\
         Near the allowance\n\
         - Bo (Payments, Pro): 91 % of the allowance, 912 of 1,000 credits; at this rate it ends on 2026-11-22\n\
         \n\
         Far more than usual\n\
         - Ann Lee (Payments, Pro): 412 credits on 2026-11-20, on other days 38.5\n"
    );

    let bodies = receiver.bodies();
    assert_eq!(bodies.len(), 1);
    assert_eq!(bodies[0]["subject"], subject.as_str());
    assert_eq!(bodies[0]["text"], body.as_str());
    let rules = bodies[0]["alerts"].as_array().unwrap().iter();
    let rules: Vec<&str> = rules.map(|alert| alert["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["late_data", "allowance", "spike"]);
    assert_eq!(bodies[0]["alerts"][2]["person"]["label"], "Ann Lee");
    // The state has hashes, no names.
    let stored = state.content();
    assert!(
        stored.contains_key("topic/2026-11.json") && stored.contains_key("webhook/2026-11.json")
    );
    assert!(
        stored
            .values()
            .all(|text| !text.contains("Ann") && !text.contains("id-of"))
    );
}

#[tokio::test]
async fn nothing_is_sent_twice() {
    let (queries, state, topic) = (queries(), Arc::default(), Arc::default());
    let task = task(&queries, &state, &topic);
    assert_eq!(counts(&task, &run("run-1")).await.sent, 3);
    // A retry of the same event, then the run of the next night with one more.
    assert_eq!(counts(&task, &run("run-1")).await.sent, 0);
    queries.has(
        Statement::Spikes,
        vec![spike_row("Ann Lee"), spike_row("Di")],
    );
    assert_eq!(counts(&task, &run("run-2")).await.sent, 1);
    let published = topic.published();
    assert_eq!(published.len(), 2);
    assert!(published[1].1.contains("- Di ") && !published[1].1.contains("Ann"));
}

#[tokio::test]
async fn of_two_runs_at_once_one_sends() {
    let (state, topic) = (Arc::default(), Arc::default());
    let (one, other) = (queries(), queries());
    let (one, other) = (task(&one, &state, &topic), task(&other, &state, &topic));
    let (one_run, other_run) = (run("run-1"), run("run-2"));
    let (one, other) = tokio::join!(counts(&one, &one_run), counts(&other, &other_run));
    assert_eq!((one.sent + other.sent, topic.published().len()), (3, 1));
}

#[tokio::test]
async fn a_run_that_was_killed_between_claim_and_sending_is_made_up_for_after_an_hour() {
    let (queries, state, topic) = (queries(), Arc::default(), Arc::default());
    let mut task = task(&queries, &state, &topic);
    // The killed run: it has claimed, and nothing else.
    let statements = Statement::needed(&task.settings);
    let rows = alert_rows(&*task.queries, statements, &run("run-1")).await;
    let alerts = rows.unwrap().alerts(&task.settings, now().date_naive());
    let claim = AlertState::new(&*state, "topic")
        .claim(alerts, now())
        .await
        .unwrap();
    assert_eq!(claim.alerts.len(), 3);
    drop(claim);
    assert_eq!(counts(&task, &run("run-1")).await.sent, 0);
    task.clock = || now() + TimeDelta::hours(24);
    assert_eq!(counts(&task, &run("run-2")).await.sent, 3);
    assert_eq!(topic.published().len(), 1);
}

#[tokio::test]
async fn a_channel_that_refuses_takes_nothing_from_the_others_and_gets_its_message_later() {
    let (queries, state, topic) = (queries(), Arc::default(), Arc::<FakeTopic>::default());
    let receiver = Receiver::start("200 OK");
    let mut task = task(&queries, &state, &topic);
    let webhook = webhook_sender(&receiver.secret(), WebhookFormat::Slack);
    task.channels.push(channel("webhook", webhook));
    topic.refuses(true);
    let TaskError {
        task: name,
        problems,
    } = task.follow(&run("run-1")).await.unwrap_err();
    assert_eq!((name, problems.len()), ("alerts", 1));
    assert!(
        problems[0].starts_with(
            "topic: the alerts could not be sent: sns:Publish: not allowed: no (AuthorizationError); `kiro-analytics deploy`"
        ),
        "{problems:?}"
    );
    assert_eq!(
        receiver.bodies()[0]["text"],
        "Kiro 2026-11-20: 1 late source, 1 near allowance, 1 spike"
    );
    topic.refuses(false);
    assert_eq!(counts(&task, &run("run-1")).await.sent, 3);
    assert_eq!((topic.published().len(), receiver.bodies().len()), (1, 1));
}

#[tokio::test]
async fn a_webhook_that_refuses_is_reported_without_its_address() {
    let (queries, state, topic) = (queries(), Arc::default(), Arc::default());
    let receiver = Receiver::start("404 Not Found");
    let mut task = task(&queries, &state, &topic);
    let webhook = webhook_sender(&receiver.secret(), WebhookFormat::Slack);
    task.channels = vec![channel("webhook", webhook)];
    let error = task.follow(&run("run-1")).await.unwrap_err();
    assert!(error.to_string().contains("the webhook at `127.0.0.1` did not accept the message: it answered with status 404; check the address in the secret"), "{error}");
    assert!(!error.to_string().contains("PRIVATE"), "{error}");
    task.channels = vec![channel(
        "webhook",
        webhook_sender("PRIVATE", WebhookFormat::Slack),
    )];
    let error = task.follow(&run("run-1")).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the secret has no address of a webhook"),
        "{error}"
    );
    assert!(!error.to_string().contains("PRIVATE"), "{error}");
}

#[tokio::test]
async fn a_retry_waits_for_the_statements_that_its_run_has_started() {
    let (queries, state, topic) = (queries(), Arc::default(), Arc::default());
    let task = task(&queries, &state, &topic);
    queries.answers(Statement::Spikes, &[const { QueryState::Running }; 60]);
    let error = task.follow(&run("run-1")).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the statement about spikes was still running after 3"),
        "{error}"
    );
    assert!(queries.longest_pause().as_secs() == 15 && queries.waited().as_secs() < 315);
    assert!(topic.published().is_empty());
    queries.answers(Statement::Spikes, &[]);
    assert_eq!(counts(&task, &run("run-1")).await.sent, 3);
    // Months, spikes and sources: each started once for Athena.
    assert_eq!(queries.started(), 3);
    assert_eq!(counts(&task, &run("run-2")).await.sent, 0);
    assert_eq!(queries.started(), 6);
}

#[tokio::test]
async fn a_statement_is_started_again_only_if_that_may_help() {
    let failed = |is_retryable| QueryState::Failed {
        is_retryable,
        error_type: "2/401".to_owned(),
    };
    let (queries, state, topic) = (queries(), Arc::default(), Arc::default());
    let task = task(&queries, &state, &topic);
    queries.answers(Statement::Months, &[failed(true), QueryState::Running]);
    assert_eq!(counts(&task, &run("run-1")).await.sent, 3);
    assert_eq!(queries.started(), 4);
    queries.answers(Statement::Months, &[failed(false)]);
    let error = task.follow(&run("run-2")).await.unwrap_err();
    assert!(
        error.to_string().contains(
            "alerts: the statement about months failed in Athena with error 2/401, query `query-"
        ),
        "{error}"
    );
    assert_eq!(queries.started(), 7);
    // By a person, or by the limit of bytes that a statement may read.
    queries.answers(Statement::Spikes, &[QueryState::Cancelled]);
    let error = task.follow(&run("run-3")).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the statement about spikes was cancelled, query `query-"),
        "{error}"
    );
    assert_eq!(queries.started(), 10);
}

#[tokio::test]
async fn all_pages_are_read_and_a_damaged_row_is_reported_by_number() {
    let (queries, state, topic) = (queries(), Arc::default(), Arc::default());
    let mut task = task(&queries, &state, &topic);
    task.settings.rules = vec![AlertRule::Spike];
    let people = (0..2_500).map(|number| spike_row(&format!("P{number}")));
    queries.has(Statement::Spikes, people.collect());
    assert_eq!(counts(&task, &run("run-1")).await.sent, 2_500);
    assert_eq!((queries.started(), queries.pages()), (1, 3));
    let (subject, body) = &topic.published()[0];
    assert!(subject.len() < 100 && subject.is_ascii(), "{subject}");
    assert!(body.len() < 262_144);
    let mut row = spike_row("Ann Lee");
    row[7] = Some("many".to_owned());
    queries.has(Statement::Spikes, vec![spike_row("Di"), row]);
    let error = task.follow(&run("run-2")).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("could not read row 2 of the statement about spikes"),
        "{error}"
    );
}

#[tokio::test]
async fn messages_without_names_have_ids() {
    let (queries, state, topic) = (queries(), Arc::default(), Arc::default());
    let mut task = task(&queries, &state, &topic);
    task.settings.names = false;
    counts(&task, &run("run-1")).await;
    let body = &topic.published()[0].1;
    assert!(
        !body.contains("Ann") && body.contains("- id-of-ann-lee (Payments, Pro): 412"),
        "{body}"
    );
}
