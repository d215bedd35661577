//! Facts that travel from one thread to another, in few pieces of memory.

use chrono::NaiveDate;
use kiro_report::{FactRow, ModelMessages, UserId};

/// Facts in the order they were read.
#[derive(Default)]
pub(super) struct FactBatch {
    facts: Vec<Fact>,
    /// The texts of all facts, one after the other.
    text: String,
    models: Vec<ModelMessages>,
}

/// A fact; of texts and models only how long they are.
struct Fact {
    line: u64,
    activity_date: NaiveDate,
    user_bytes: usize,
    client_bytes: usize,
    tier_bytes: Option<usize>,
    chat_conversations: Option<i64>,
    total_messages: Option<i64>,
    credits_used: Option<f64>,
    overage_cap: Option<f64>,
    overage_credits_used: Option<f64>,
    overage_enabled: Option<bool>,
    usage_limit: Option<f64>,
    new_user: Option<bool>,
    profile_bytes: Option<usize>,
    email_bytes: Option<usize>,
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
        self.facts.clear();
        self.text.clear();
        self.models.clear();
    }

    pub(super) fn push(&mut self, row: &FactRow<'_>) {
        let text = &mut self.text;
        text.push_str(row.user_id.as_str());
        text.push_str(row.client_type);
        for maybe in [row.subscription_tier, row.profile_id, row.email, row.extra]
            .into_iter()
            .flatten()
        {
            text.push_str(maybe);
        }
        self.models.extend_from_slice(row.models);
        self.facts.push(Fact {
            line: row.line,
            activity_date: row.activity_date,
            user_bytes: row.user_id.as_str().len(),
            client_bytes: row.client_type.len(),
            tier_bytes: row.subscription_tier.map(str::len),
            chat_conversations: row.chat_conversations,
            total_messages: row.total_messages,
            credits_used: row.credits_used,
            overage_cap: row.overage_cap,
            overage_credits_used: row.overage_credits_used,
            overage_enabled: row.overage_enabled,
            usage_limit: row.usage_limit,
            new_user: row.new_user,
            profile_bytes: row.profile_id.map(str::len),
            email_bytes: row.email.map(str::len),
            extra_bytes: row.extra.map(str::len),
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
        for fact in &self.facts {
            let mut next = |bytes: usize| {
                let (own, rest) = text.split_at(bytes);
                text = rest;
                own
            };
            let (own_models, other_models) = models.split_at(fact.models);
            models = other_models;
            take(&FactRow {
                line: fact.line,
                activity_date: fact.activity_date,
                user_id: UserId::from_canonical(next(fact.user_bytes)),
                client_type: next(fact.client_bytes),
                subscription_tier: fact.tier_bytes.map(&mut next),
                chat_conversations: fact.chat_conversations,
                total_messages: fact.total_messages,
                credits_used: fact.credits_used,
                overage_cap: fact.overage_cap,
                overage_credits_used: fact.overage_credits_used,
                overage_enabled: fact.overage_enabled,
                usage_limit: fact.usage_limit,
                new_user: fact.new_user,
                profile_id: fact.profile_bytes.map(&mut next),
                email: fact.email_bytes.map(&mut next),
                extra: fact.extra_bytes.map(&mut next),
                models: own_models,
            })?;
        }
        Ok(())
    }
}
