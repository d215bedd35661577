//! Measures as fields of a visual.

use kiro_curate::ColumnType;

use crate::quicksight::compiler::{Compiler, reference};
use crate::quicksight::data_set::as_date;
use crate::quicksight::error::QuickSightError;
use crate::quicksight::expression::{Asked, Over};
use crate::quicksight::field::{Field, Shape};
use crate::quicksight::period::Period;
use crate::spec::{Format, Formula, Visual};

impl Compiler<'_> {
    /// A measure of a visual; with a period, of the rows in that period only.
    pub(crate) fn value(
        &mut self,
        visual: &Visual,
        id: &str,
        measure: &str,
        period: Option<Period>,
    ) -> Result<Field, QuickSightError> {
        let dataset = self.dataset_of(visual)?;
        let rows = match period {
            Some(period) => Some(self.is_in(dataset, visual, period)?),
            None => None,
        };
        let label = self.text(&format!("measure.{measure}"));
        let wanted = match period {
            Some(period) => format!("{label}, {}", self.text(period.text())),
            None => label.clone(),
        };
        let mut field = Field {
            id: format!("{}.{id}", visual.id.value),
            data_set: dataset.relation.value.clone(),
            column: String::new(),
            label: match period {
                Some(Period::Previous) => self.text("column.previous"),
                _ => label,
            },
            shape: Shape::Aggregated(Format::Count),
            drills: false,
        };
        let asked = Asked {
            dataset,
            visual,
            rows: rows.as_deref(),
            over: Over::Visual,
        };
        if let Some((column, function, format)) = self.date_of(measure, asked)? {
            field.column = self.guarded_date(measure, &column, asked)?;
            field.shape = Shape::DateMeasure { function, format };
            return Ok(field);
        }
        let mut expression = self.aggregate(measure, asked)?;
        if visual.cumulative && period.is_none() {
            expression = self.running(visual, &expression)?;
        }
        if period == Some(Period::Previous) {
            // Nothing before the data is no zero.
            let reaches_back = self.reaches_back(dataset, visual)?;
            expression = format!("ifelse({reaches_back}, {expression}, NULL)");
        }
        field.column = self.calculated(dataset, &wanted, &expression);
        field.shape = Shape::Aggregated(self.spec.measure(measure)?.format);
        Ok(field)
    }

    /// The date column, the function and the format of a first or last day.
    fn date_of(
        &self,
        measure: &str,
        asked: Asked<'_>,
    ) -> Result<Option<(String, &'static str, Format)>, QuickSightError> {
        let measure = self.spec.measure(measure)?;
        let (column, function) = match &measure.is {
            Formula::Max(column) => (&column.value, "MAX"),
            Formula::Min(column) => (&column.value, "MIN"),
            _ => return Ok(None),
        };
        Ok(match self.column_type(asked.dataset, column)? {
            ColumnType::Date => Some((column.clone(), function, measure.format)),
            // Texts have no first and last in QuickSight: the dataset reads them as days.
            ColumnType::Varchar => Some((as_date(column), function, Format::Date)),
            _ => None,
        })
    }

    /// The date column itself, or its values on the rows that count.
    fn guarded_date(
        &mut self,
        name: &str,
        column: &str,
        asked: Asked<'_>,
    ) -> Result<String, QuickSightError> {
        let every = reference(column);
        let expression = self.guarded(&every, self.spec.measure(name)?, asked)?;
        if expression == every {
            return Ok(column.to_owned());
        }
        let label = self.text(&format!("measure.{name}"));
        Ok(self.calculated(asked.dataset, &label, &expression))
    }

    /// A running total along the axis, for each series.
    fn running(&mut self, visual: &Visual, expression: &str) -> Result<String, QuickSightError> {
        let dataset = self.dataset_of(visual)?;
        if visual.compare {
            let axis = reference(&self.day_of_period(dataset, visual)?);
            let series = reference(&self.period_name(dataset, visual)?);
            return Ok(format!(
                "runningSum({expression}, [{axis} ASC], [{series}])"
            ));
        }
        let mut columns = Vec::new();
        for dimension in &visual.by {
            columns.push(reference(&self.dimension(visual, "", dimension)?.column));
        }
        let [axis, series @ ..] = columns.as_slice() else {
            return Err(QuickSightError::unresolved(&visual.id));
        };
        Ok(if series.is_empty() {
            format!("runningSum({expression}, [{axis} ASC])")
        } else {
            format!(
                "runningSum({expression}, [{axis} ASC], [{}])",
                series.join(", ")
            )
        })
    }

    /// All measures of a visual.
    pub(crate) fn values(&mut self, visual: &Visual) -> Result<Vec<Field>, QuickSightError> {
        let measures = visual.measures.iter().enumerate();
        measures
            .map(|(place, measure)| self.value(visual, &format!("value{place}"), measure, None))
            .collect()
    }
}
