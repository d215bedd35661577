//! The models part, written on a thread of its own beside the facts of a large export.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use chrono::NaiveDate;
use kiro_report::FactRow;

use super::NormalizeErrorKind;
use super::part_writer::{PartTarget, PartWriter};
use crate::part::Dataset;

/// So many facts travel together, and so many batches may wait.
const BATCH_FACTS: usize = 1024;
const WAITING_BATCHES: usize = 4;

/// Facts with their model messages, in one piece of memory.
#[derive(Default)]
struct Batch {
    facts: Vec<FactHead>,
    /// Users, clients and tiers, one after the other.
    text: String,
    messages: Vec<(usize, i64)>,
}

/// What the model rows of one fact have in common.
struct FactHead {
    line: u64,
    activity_date: NaiveDate,
    user_bytes: usize,
    client_bytes: usize,
    tier_bytes: Option<usize>,
    models: usize,
}

/// Takes facts and writes their model rows.
pub(super) struct ModelRows {
    batch: Batch,
    names: Arc<Vec<String>>,
    lane: Lane,
}

enum Lane {
    /// On this thread; the part begins with the first row.
    Here {
        target: PartTarget,
        part: Option<PartWriter>,
    },
    /// On another thread.
    Beside {
        batches: SyncSender<Batch>,
        worker: JoinHandle<Result<Option<PartWriter>, NormalizeErrorKind>>,
    },
}

impl ModelRows {
    pub(super) fn new(target: PartTarget, names: Vec<String>, beside: bool) -> Self {
        let names = Arc::new(names);
        let lane = if beside {
            Lane::beside(&target, &names)
        } else {
            None
        };
        let lane = lane.unwrap_or(Lane::Here { target, part: None });
        Self {
            batch: Batch::default(),
            names,
            lane,
        }
    }

    pub(super) fn push(&mut self, fact: &FactRow<'_>) -> Result<(), NormalizeErrorKind> {
        if fact.models.is_empty() {
            return Ok(());
        }
        self.batch.push(fact);
        if self.batch.facts.len() >= BATCH_FACTS {
            self.send()
        } else {
            Ok(())
        }
    }

    fn send(&mut self) -> Result<(), NormalizeErrorKind> {
        match &mut self.lane {
            Lane::Here { target, part } => {
                self.batch.write(&self.names, part, target)?;
                self.batch.clear();
                Ok(())
            }
            // A worker that hung up has failed; `finish` tells why.
            Lane::Beside { batches, .. } => batches
                .send(std::mem::take(&mut self.batch))
                .map_err(|_| NormalizeErrorKind::Stopped),
        }
    }

    /// The part with all its rows, `None` if there are none.
    pub(super) fn finish(mut self) -> Result<Option<PartWriter>, NormalizeErrorKind> {
        let sent = self.send();
        match self.lane {
            Lane::Here { part, .. } => sent.map(|()| part),
            Lane::Beside { batches, worker } => {
                drop(batches);
                worker.join().unwrap_or(Err(NormalizeErrorKind::Crashed))
            }
        }
    }
}

impl Lane {
    /// `None` when the system has no thread to spare.
    fn beside(target: &PartTarget, names: &Arc<Vec<String>>) -> Option<Self> {
        let (batches, arriving) = sync_channel(WAITING_BATCHES);
        let (target, names) = (target.clone(), Arc::clone(names));
        let worker = thread::Builder::new().name("models".to_owned());
        let worker = worker
            .spawn(move || write_all(&arriving, &names, &target))
            .ok()?;
        Some(Self::Beside { batches, worker })
    }
}

fn write_all(
    arriving: &Receiver<Batch>,
    names: &[String],
    target: &PartTarget,
) -> Result<Option<PartWriter>, NormalizeErrorKind> {
    let mut part = None;
    for batch in arriving {
        batch.write(names, &mut part, target)?;
    }
    Ok(part)
}

impl Batch {
    fn push(&mut self, fact: &FactRow<'_>) {
        self.facts.push(FactHead {
            line: fact.line,
            activity_date: fact.activity_date,
            user_bytes: fact.user_id.as_str().len(),
            client_bytes: fact.client_type.len(),
            tier_bytes: fact.subscription_tier.map(str::len),
            models: fact.models.len(),
        });
        self.text.push_str(fact.user_id.as_str());
        self.text.push_str(fact.client_type);
        self.text
            .push_str(fact.subscription_tier.unwrap_or_default());
        self.messages.extend(
            fact.models
                .iter()
                .map(|model| (model.model, model.messages)),
        );
    }

    fn clear(&mut self) {
        self.facts.clear();
        self.text.clear();
        self.messages.clear();
    }

    fn write(
        &self,
        names: &[String],
        part: &mut Option<PartWriter>,
        target: &PartTarget,
    ) -> Result<(), NormalizeErrorKind> {
        if self.facts.is_empty() {
            return Ok(());
        }
        let part = match part {
            Some(part) => part,
            None => part.insert(PartWriter::begin(target, Dataset::Models)?),
        };
        let mut text = self.text.as_str();
        let mut messages = self.messages.as_slice();
        for fact in &self.facts {
            let (user, rest) = text.split_at(fact.user_bytes);
            let (client, rest) = rest.split_at(fact.client_bytes);
            let (tier, rest) = rest.split_at(fact.tier_bytes.unwrap_or_default());
            text = rest;
            let (own, rest) = messages.split_at(fact.models);
            messages = rest;
            for (place, (model, count)) in own.iter().enumerate() {
                part.push(|cells| {
                    if place == 0 {
                        cells.date(fact.activity_date);
                        cells.text(user);
                        cells.text(client);
                        cells.maybe_text(fact.tier_bytes.map(|_| tier));
                    } else {
                        cells.date_again(fact.activity_date);
                        cells.text_again(user);
                        cells.text_again(client);
                        match fact.tier_bytes {
                            Some(_) => cells.text_again(tier),
                            None => cells.maybe_text(None),
                        }
                    }
                    cells.text(&names[*model]);
                    cells.count(*count);
                    cells.count(fact.line.cast_signed());
                })?;
            }
        }
        part.drain()
    }
}
