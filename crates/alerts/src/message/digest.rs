//! The alerts of one run in one message.

use chrono::NaiveDate;
use serde::Serialize;

use super::figure::counted;
use super::plain_text;
use super::sentence::sentence;
use crate::alert::{Alert, AllowanceLevel, Event};

/// Amazon SNS takes fewer than 100 ASCII letters, without line breaks (`Publish` in its API reference).
pub const MAX_SUBJECT_LETTERS: usize = 99;

/// One message: a subject, and groups of sentences.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Digest {
    /// At most [`MAX_SUBJECT_LETTERS`] ASCII letters on one line, without names.
    pub subject: String,
    /// The newest day of the data that the alerts are about.
    pub as_of_date: NaiveDate,
    pub groups: Vec<DigestGroup>,
    pub alerts: Vec<Alert>,
}

/// Sentences about one thing, the most important first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DigestGroup {
    pub heading: &'static str,
    pub sentences: Vec<String>,
}

/// The groups, in the order of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Budget,
    LateData,
    Full,
    Near,
    Overage,
    Spike,
}

impl Group {
    const ALL: [Self; 6] = [
        Self::Budget,
        Self::LateData,
        Self::Full,
        Self::Near,
        Self::Overage,
        Self::Spike,
    ];

    fn of(alert: &Alert) -> Self {
        match &alert.event {
            Event::Budget { .. } => Self::Budget,
            Event::LateData { .. } => Self::LateData,
            Event::Allowance {
                level: AllowanceLevel::Full,
                ..
            } => Self::Full,
            Event::Allowance { .. } => Self::Near,
            Event::Overage { .. } => Self::Overage,
            Event::Spike { .. } => Self::Spike,
        }
    }

    const fn heading(self) -> &'static str {
        match self {
            Self::Budget => "Forecast above the budget",
            Self::LateData => "Late data",
            Self::Full => "Allowance used up",
            Self::Near => "Near the allowance",
            Self::Overage => "Overage has begun",
            Self::Spike => "Far more than usual",
        }
    }

    /// Its part of the subject.
    fn count(self, alerts: usize) -> String {
        match self {
            Self::Budget => "above budget".to_owned(),
            Self::LateData => counted(alerts, "late source", "late sources"),
            Self::Full => format!("{alerts} used up"),
            Self::Near => format!("{alerts} near allowance"),
            Self::Overage => format!("{alerts} overage"),
            Self::Spike => counted(alerts, "spike", "spikes"),
        }
    }
}

impl Digest {
    /// The message of these alerts; `None` without alerts.
    pub fn new(mut alerts: Vec<Alert>) -> Option<Self> {
        let as_of_date = alerts.iter().map(|alert| alert.as_of_date).max()?;
        alerts.sort_by(|one, other| {
            let by_group = Group::of(one).cmp(&Group::of(other));
            let by_size = weight(other).total_cmp(&weight(one));
            by_group.then(by_size).then_with(|| one.key.cmp(&other.key))
        });
        let groups = Group::ALL.into_iter().filter_map(|group| {
            let alerts = alerts.iter().filter(|alert| Group::of(alert) == group);
            let sentences: Vec<String> = alerts.map(sentence).collect();
            (!sentences.is_empty()).then_some((group, sentences))
        });
        let groups: Vec<(Group, Vec<String>)> = groups.collect();
        let counts: Vec<String> = groups
            .iter()
            .map(|(group, sentences)| group.count(sentences.len()))
            .collect();
        Some(Self {
            subject: subject(as_of_date, &counts),
            as_of_date,
            groups: groups
                .into_iter()
                .map(|(group, sentences)| DigestGroup {
                    heading: group.heading(),
                    sentences,
                })
                .collect(),
            alerts,
        })
    }

    /// The whole message as plain text, for a mail or a terminal: at most 256,000 bytes, as Amazon SNS takes 262,144.
    pub fn plain_text(&self) -> String {
        plain_text::plain_text(self)
    }

    /// The lines of a message of limited size: a heading, then its sentences. What does not fit is counted in the last line.
    pub(super) fn lines(&self, max_bytes: usize) -> Vec<Line<'_>> {
        let mut lines = Vec::new();
        let (mut bytes, mut shown) = (0, 0);
        'groups: for group in &self.groups {
            for (index, sentence) in group.sentences.iter().enumerate() {
                let heading = if index == 0 { group.heading.len() } else { 0 };
                bytes += heading + sentence.len() + LINE_BYTES;
                if bytes > max_bytes {
                    break 'groups;
                }
                if index == 0 {
                    lines.push(Line::Heading(group.heading));
                }
                lines.push(Line::Sentence(sentence));
                shown += 1;
            }
        }
        let left = self.alerts.len() - shown;
        if left > 0 {
            lines.push(Line::Left(format!(
                "… and {} more",
                counted(left, "alert", "alerts")
            )));
        }
        lines
    }
}

/// The subject, with as many counts as fit.
fn subject(as_of_date: NaiveDate, counts: &[String]) -> String {
    const MORE: &str = ", ...";
    let mut subject = format!("Kiro {as_of_date}: ");
    for (index, count) in counts.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        let is_last = index + 1 == counts.len();
        let room = MAX_SUBJECT_LETTERS - if is_last { 0 } else { MORE.len() };
        if subject.len() + separator.len() + count.len() > room {
            subject.push_str(MORE);
            break;
        }
        subject.push_str(separator);
        subject.push_str(count);
    }
    subject
}

/// What a line needs besides its text, at most.
const LINE_BYTES: usize = 8;

/// A line of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line<'a> {
    Heading(&'static str),
    Sentence(&'a str),
    /// The number of alerts that are not shown.
    Left(String),
}

/// How important an alert is within its group.
#[expect(clippy::cast_precision_loss, reason = "days are small numbers")]
fn weight(alert: &Alert) -> f64 {
    match &alert.event {
        Event::Budget { forecast_usd, .. } => *forecast_usd,
        Event::LateData { days, .. } => *days as f64,
        Event::Allowance {
            credits_used,
            allowance,
            ..
        } => credits_used / allowance,
        Event::Overage { cost_usd, .. } => *cost_usd,
        Event::Spike {
            credits_used,
            usual_credits,
            ..
        } => credits_used / usual_credits,
    }
}
