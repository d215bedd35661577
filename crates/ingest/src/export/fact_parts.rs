//! The facts part and the models part of one export.

use kiro_report::FactRow;

use super::NormalizeErrorKind;
use super::part_writer::{PartTarget, PartWriter};
use crate::part::Dataset;

/// Writes facts, and a model row for every model a fact names. A part begins with its first row.
pub(super) struct FactParts {
    target: PartTarget,
    model_names: Vec<String>,
    pub(super) facts: Option<PartWriter>,
    pub(super) models: Option<PartWriter>,
}

impl FactParts {
    pub(super) fn new(target: PartTarget, model_names: Vec<String>) -> Self {
        Self {
            target,
            model_names,
            facts: None,
            models: None,
        }
    }

    pub(super) fn push(&mut self, row: &FactRow<'_>) -> Result<(), NormalizeErrorKind> {
        let facts = begun(&mut self.facts, &self.target, Dataset::Facts)?;
        facts.push(|cells| {
            cells.date(row.activity_date);
            cells.text(row.user_id.as_str());
            cells.text(row.client_type);
            cells.maybe_text(row.subscription_tier);
            cells.maybe_count(row.chat_conversations);
            cells.maybe_count(row.total_messages);
            cells.maybe_amount(row.credits_used);
            cells.maybe_amount(row.overage_cap);
            cells.maybe_amount(row.overage_credits_used);
            cells.maybe_boolean(row.overage_enabled);
            cells.maybe_amount(row.usage_limit);
            cells.maybe_boolean(row.new_user);
            cells.maybe_text(row.profile_id);
            cells.maybe_text(row.email);
            cells.maybe_text(row.extra);
            cells.count(row.line.cast_signed());
        })?;
        if row.models.is_empty() {
            Ok(())
        } else {
            self.push_models(row)
        }
    }

    fn push_models(&mut self, row: &FactRow<'_>) -> Result<(), NormalizeErrorKind> {
        let models = begun(&mut self.models, &self.target, Dataset::Models)?;
        for (place, model) in row.models.iter().enumerate() {
            models.push(|cells| {
                if place == 0 {
                    cells.date(row.activity_date);
                    cells.text(row.user_id.as_str());
                    cells.text(row.client_type);
                    cells.maybe_text(row.subscription_tier);
                } else {
                    cells.date_again(row.activity_date);
                    cells.text_again(row.user_id.as_str());
                    cells.text_again(row.client_type);
                    match row.subscription_tier {
                        Some(tier) => cells.text_again(tier),
                        None => cells.maybe_text(None),
                    }
                }
                cells.text(&self.model_names[model.model]);
                cells.count(model.messages);
                cells.count(row.line.cast_signed());
            })?;
        }
        Ok(())
    }

    /// Hands over what is finished.
    pub(super) fn drain(&mut self) -> Result<(), NormalizeErrorKind> {
        self.facts.as_mut().map_or(Ok(()), PartWriter::drain)?;
        self.models.as_mut().map_or(Ok(()), PartWriter::drain)
    }
}

/// The part, begun if it was not.
pub(super) fn begun<'a>(
    part: &'a mut Option<PartWriter>,
    target: &PartTarget,
    dataset: Dataset,
) -> Result<&'a mut PartWriter, NormalizeErrorKind> {
    match part {
        Some(part) => Ok(part),
        part => Ok(part.insert(PartWriter::begin(target, dataset)?)),
    }
}
