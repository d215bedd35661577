//! Facts that travel from one thread to another, in few pieces of memory.

use chrono::NaiveDate;
use kiro_report::{FactRow, ModelMessages, PlainValues, UserId};

/// Facts in the order they were read.
#[derive(Default)]
pub(super) struct FactBatch {
    /// The models that headers added since the batch before.
    pub(super) new_models: Vec<String>,
    facts: Vec<Fact>,
    /// The texts of all facts, one after the other.
    text: String,
    models: Vec<ModelMessages>,
    /// Where the last fact is from.
    account: String,
    region: String,
}

/// A fact; of texts and models only how long they are.
struct Fact {
    line: u64,
    activity_date: NaiveDate,
    user_bytes: usize,
    client_bytes: usize,
    tier_bytes: Option<usize>,
    plain: PlainValues<usize>,
    /// Bytes of account and Region; `None` if they are those of the fact before.
    origin_bytes: Option<(usize, usize)>,
    extra_bytes: Option<usize>,
    models: usize,
}

impl FactBatch {
    pub(super) fn len(&self) -> usize {
        self.facts.len()
    }

    pub(super) fn text_bytes(&self) -> usize {
        self.text.len()
    }

    pub(super) fn clear(&mut self) {
        self.new_models.clear();
        self.facts.clear();
        self.text.clear();
        self.models.clear();
        self.account.clear();
        self.region.clear();
    }

    pub(super) fn push(&mut self, row: &FactRow<'_>) {
        let mut keep = |text: &str| {
            self.text.push_str(text);
            text.len()
        };
        self.models.extend_from_slice(row.models);
        let is_elsewhere = self.account != row.source_account || self.region != row.source_region;
        if is_elsewhere {
            row.source_account.clone_into(&mut self.account);
            row.source_region.clone_into(&mut self.region);
        }
        self.facts.push(Fact {
            line: row.line,
            activity_date: row.activity_date,
            user_bytes: keep(row.user_id.as_str()),
            client_bytes: keep(row.client_type),
            tier_bytes: row.subscription_tier.map(&mut keep),
            plain: row.plain.map_texts(&mut keep),
            origin_bytes: is_elsewhere.then(|| (keep(row.source_account), keep(row.source_region))),
            extra_bytes: row.extra.map(&mut keep),
            models: row.models.len(),
        });
    }

    /// Hands out the facts again, until one of them fails.
    pub(super) fn try_each<E>(
        &self,
        mut take: impl FnMut(&FactRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut text = self.text.as_str();
        let mut models = self.models.as_slice();
        let (mut source_account, mut source_region) = ("", "");
        for fact in &self.facts {
            let mut next = |bytes: usize| {
                let (own, rest) = text.split_at(bytes);
                text = rest;
                own
            };
            let (own_models, other_models) = models.split_at(fact.models);
            models = other_models;
            let (user_id, client_type) = (next(fact.user_bytes), next(fact.client_bytes));
            let subscription_tier = fact.tier_bytes.map(&mut next);
            let plain = fact.plain.map_texts(&mut next);
            if let Some((account, region)) = fact.origin_bytes {
                (source_account, source_region) = (next(account), next(region));
            }
            take(&FactRow {
                line: fact.line,
                activity_date: fact.activity_date,
                user_id: UserId::from_canonical(user_id),
                client_type,
                subscription_tier,
                plain,
                source_account,
                source_region,
                extra: fact.extra_bytes.map(&mut next),
                models: own_models,
            })?;
        }
        Ok(())
    }
}
