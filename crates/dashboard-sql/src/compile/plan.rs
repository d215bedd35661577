//! The plan of a visual for one request: its days, and the columns of its statements in their order.

use kiro_catalog::ColumnType;
use kiro_dashboard::spec::{Condition, Dataset, Detail, Dimension, Format, Grain, Kind, Visual};
use kiro_dashboard::{LookupError, Spec, column_alias};

use super::condition::ResolvedCondition;
use super::expression::Expressions;
use super::facet::PlanFacet;
use crate::column::{ColumnRole, ValueType};
use crate::request::Request;
use crate::span::Span;

/// The part of the visual that a column comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source<'a> {
    Dimension(&'a Dimension),
    Label(&'a str),
    Detail(&'a Detail),
    Measure(&'a str),
}

/// A column of the visual's statements.
#[derive(Debug, Clone)]
pub(crate) struct PlanColumn<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) name: String,
    /// The key of its text.
    pub(crate) label: String,
    pub(crate) role: ColumnRole,
    pub(crate) value_type: ValueType,
    pub(crate) format: Format,
    pub(crate) meaning: Option<&'a str>,
    pub(crate) colour: Option<&'a str>,
    /// The picker that a click on a value of this column can set.
    pub(crate) picker: Option<&'a str>,
}

impl PlanColumn<'_> {
    pub(crate) fn is_measure(&self) -> bool {
        matches!(self.source, Source::Measure(_))
    }
}

/// What dimensions and details have in common.
#[derive(Clone, Copy)]
struct ColumnOrBucket<'a> {
    column: Option<&'a String>,
    bucket: Option<&'a String>,
    meaning: Option<&'a String>,
}

/// A visual for one request.
pub(crate) struct VisualPlan<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) visual: &'a Visual,
    pub(super) dataset: &'a Dataset,
    pub(crate) request: &'a Request,
    /// The days that the visual covers; none: all days.
    pub(crate) covered: Option<Span>,
    pub(crate) compared: Option<Span>,
    /// Whether the data reaches back to the first day of the compared period.
    reaches_back: bool,
    pub(super) expressions: Expressions<'a>,
    /// Dimensions, labels, details, measures.
    pub(crate) columns: Vec<PlanColumn<'a>>,
    /// Keys before all columns: one statement for many choices.
    pub(super) facets: Vec<PlanFacet>,
    /// The statements match no rows: they give the result of a selection without data.
    pub(super) matches_nothing: bool,
}

impl<'a> VisualPlan<'a> {
    pub(crate) fn new(
        spec: &'a Spec,
        visual: &'a Visual,
        request: &'a Request,
    ) -> Result<Self, LookupError> {
        let unresolved = || LookupError::unresolved(&visual.id);
        let dataset = spec.dataset(visual.dataset.as_ref().ok_or_else(unresolved)?)?;
        let chosen = request.chosen_span(spec);
        let acts = dataset.time.is_some() && !spec.ignores_dates(visual);
        let covered = chosen
            .filter(|_| acts)
            .and_then(|span| span.covered(visual.window));
        let compared = chosen
            .filter(|_| acts)
            .and_then(|span| span.compared(visual.window));
        let first_of_all = request.data.days.map(|days| days.from);
        let first_day = request.data.first_day.or(first_of_all);
        let known = |span: Span| first_day.map_or(span, |day| span.since(day));
        let days = covered
            .or(request.data.days)
            .map(known)
            .map_or(1, Span::days);
        let expressions = Expressions {
            spec,
            dataset,
            days,
        };
        let mut plan = Self {
            spec,
            visual,
            dataset,
            request,
            covered,
            compared,
            reaches_back: compared
                .zip(first_day)
                .is_some_and(|(compared, first_day)| compared.from >= first_day),
            expressions,
            columns: Vec::new(),
            facets: Vec::new(),
            matches_nothing: false,
        };
        plan.columns = plan.dimension_columns()?;
        for detail in &visual.details {
            plan.columns.push(plan.detail_column(detail)?);
        }
        for (measures, role) in [
            (&visual.measures, ColumnRole::Value),
            (&visual.hidden, ColumnRole::Hidden),
        ] {
            for measure in measures {
                plan.columns.push(plan.measure_column(measure, role)?);
            }
        }
        Ok(plan)
    }

    /// The columns of the dimensions, then the names of the users among them.
    fn dimension_columns(&self) -> Result<Vec<PlanColumn<'a>>, LookupError> {
        let visual: &'a Visual = self.visual;
        let (mut columns, mut labels) = (Vec::new(), Vec::new());
        for (index, dimension) in visual.by.iter().enumerate() {
            let role = if index == 0 {
                ColumnRole::Category
            } else {
                ColumnRole::Series
            };
            let mut column = self.dimension_column(dimension, role)?;
            let user = self.dataset.user.as_ref();
            if let Some(user) = user.filter(|user| {
                dimension
                    .column
                    .as_ref()
                    .is_some_and(|key| key.value == user.id.value)
            }) {
                column.role = ColumnRole::UserId;
                labels.push(PlanColumn {
                    source: Source::Label(&user.label.value),
                    name: column_alias(&user.label),
                    label: format!("column.{}", user.label.value),
                    role,
                    picker: None,
                    ..column.clone()
                });
            }
            columns.push(column);
        }
        columns.extend(labels);
        Ok(columns)
    }

    fn dimension_column(
        &self,
        dimension: &'a Dimension,
        role: ColumnRole,
    ) -> Result<PlanColumn<'a>, LookupError> {
        let key = ColumnOrBucket {
            column: dimension.column.as_deref(),
            bucket: dimension.bucket.as_deref(),
            meaning: dimension.meaning.as_deref(),
        };
        let mut column = self.key_column(Source::Dimension(dimension), role, key)?;
        match self.grain(dimension) {
            Some(Grain::Week) => "grain.week".clone_into(&mut column.label),
            Some(Grain::Month) => {
                "grain.month".clone_into(&mut column.label);
                column.format = Format::Month;
            }
            Some(Grain::Weekday) => {
                "grain.weekday".clone_into(&mut column.label);
                (column.value_type, column.format) = (ValueType::Number, Format::Weekday);
                column.name.push_str("_weekday");
                // The date picker cannot choose weekdays.
                column.picker = None;
            }
            Some(Grain::Day | Grain::Auto) | None => {}
        }
        Ok(column)
    }

    fn detail_column(&self, detail: &'a Detail) -> Result<PlanColumn<'a>, LookupError> {
        let key = ColumnOrBucket {
            column: detail.column.as_deref(),
            bucket: detail.bucket.as_deref(),
            meaning: detail.meaning.as_deref(),
        };
        let mut column = self.key_column(Source::Detail(detail), ColumnRole::Detail, key)?;
        column.format = detail.format.unwrap_or(column.format);
        Ok(column)
    }

    /// The column of a dimension or detail: a bucket, or a column of the relation.
    fn key_column(
        &self,
        source: Source<'a>,
        role: ColumnRole,
        key: ColumnOrBucket<'a>,
    ) -> Result<PlanColumn<'a>, LookupError> {
        let mut column = PlanColumn {
            source,
            name: String::new(),
            label: String::new(),
            role,
            value_type: ValueType::Text,
            format: Format::Text,
            meaning: key.meaning.map(String::as_str),
            colour: None,
            picker: None,
        };
        if let Some(name) = key.bucket {
            let bucket = self.spec.bucket(name)?;
            column.meaning = column.meaning.or(Some(&bucket.meaning.value));
            column.name = column_alias(name);
            column.label = format!("bucket.{name}");
            return Ok(column);
        }
        let name = key.column.ok_or_else(|| self.unresolved())?;
        (column.value_type, column.format) = self.type_of(name)?;
        let time = self.dataset.time.as_ref();
        if time.is_some_and(|time| time.grain == Grain::Month && time.column.value == *name) {
            column.format = Format::Month;
        }
        column.name = column_alias(name);
        column.label = format!("column.{name}");
        column.picker = self.picker_of(name);
        Ok(column)
    }

    fn measure_column(
        &self,
        name: &'a str,
        role: ColumnRole,
    ) -> Result<PlanColumn<'a>, LookupError> {
        let measure = self.spec.measure(name)?;
        let value_type = match measure.format {
            Format::Date | Format::Month => ValueType::Date,
            Format::Text => ValueType::Text,
            Format::Flag => ValueType::Flag,
            _ => ValueType::Number,
        };
        Ok(PlanColumn {
            source: Source::Measure(name),
            name: column_alias(name),
            label: format!("measure.{name}"),
            role,
            value_type,
            format: measure.format,
            meaning: None,
            colour: measure.colour.as_ref().map(|colour| colour.value.as_str()),
            picker: None,
        })
    }

    fn type_of(&self, column: &str) -> Result<(ValueType, Format), LookupError> {
        let column_type = self.spec.column_type(&self.dataset.relation, column);
        let column_type = column_type.ok_or_else(|| LookupError::unresolved(column))?;
        Ok(match column_type {
            ColumnType::Varchar => (ValueType::Text, Format::Text),
            ColumnType::Bigint => (ValueType::Number, Format::Count),
            ColumnType::Double => (ValueType::Number, Format::Credits),
            ColumnType::Boolean => (ValueType::Flag, Format::Flag),
            ColumnType::Date => (ValueType::Date, Format::Date),
        })
    }

    fn picker_of(&self, column: &str) -> Option<&'a str> {
        let (spec, visual): (&'a Spec, &'a Visual) = (self.spec, self.visual);
        let pickers = spec.document().pickers.iter();
        let mut acting =
            pickers.filter(|picker| spec.acting_column(visual, picker) == Some(column));
        acting.next().map(|picker| picker.id.value.as_str())
    }

    /// The grain of a date dimension; `auto` is decided by the window.
    pub(crate) fn grain(&self, dimension: &Dimension) -> Option<Grain> {
        match dimension.grain.as_ref()?.value {
            Grain::Auto => Some(
                self.covered
                    .or(self.request.data.days)
                    .map_or(Grain::Day, Span::readable_grain),
            ),
            grain => Some(grain),
        }
    }

    /// A condition with the number of its threshold for this window.
    pub(crate) fn resolve(&self, condition: &Condition) -> Result<ResolvedCondition, LookupError> {
        ResolvedCondition::new(self.spec, condition, self.expressions.days)
    }

    /// Returns true if a dimension is the time axis.
    pub(super) fn is_time(&self, dimension: &Dimension) -> bool {
        let time = self.dataset.time.as_ref().map(|time| &time.column.value);
        dimension.grain.is_some() || dimension.column.as_ref().map(|column| &column.value) == time
    }

    /// Returns true if there is a statement for the period before.
    pub(super) fn is_compared(&self) -> bool {
        self.visual.compare && self.reaches_back
    }

    pub(crate) fn is_pivot(&self) -> bool {
        self.visual.kind.value == Kind::Pivot
    }

    pub(super) fn unresolved(&self) -> LookupError {
        LookupError::unresolved(&self.visual.id)
    }
}
