//! The statements of a plan.

use crate::compile::plan::{Plan, PlanColumn, Source};
use crate::compile::select::Shape;
use crate::compile::{LocalQuery, Role, Statement};
use crate::error::RequestError;
use crate::spec::{Dimension, Grain, Kind, Level, Order};
use crate::sql;
use crate::window::Span;

/// More rows than any table shows: a guard for the page, not a page size.
const MOST_ROWS: u64 = 200_000;

impl<'a> Plan<'a> {
    pub(crate) fn query(&self) -> Result<LocalQuery, RequestError> {
        if self.is_pivot() {
            return self.pivot();
        }
        let mut statements = vec![Statement {
            role: Role::Current,
            sql: self.current(self.covered)?,
        }];
        if self.is_compared() {
            statements.push(Statement {
                role: Role::Previous,
                sql: self.current(self.compared)?,
            });
        }
        if self.visual.trend
            && let Some(sql) = self.trend()?
        {
            statements.push(Statement {
                role: Role::Trend,
                sql,
            });
        }
        if self.visual.totals {
            statements.push(Statement {
                role: Role::Totals,
                sql: self.select(&self.shape(Self::is_measure))?,
            });
        }
        Ok(LocalQuery { statements })
    }

    fn shape(&self, keep: impl Fn(&PlanColumn<'_>) -> bool) -> Shape<'_, 'a> {
        Shape {
            columns: self.columns.iter().filter(|column| keep(column)).collect(),
            span: self.covered,
            extra: Vec::new(),
            order: Vec::new(),
            limit: None,
        }
    }

    fn is_measure(column: &PlanColumn<'_>) -> bool {
        matches!(column.source, Source::Measure(_))
    }

    /// The visual's own rows.
    fn current(&self, span: Option<Span>) -> Result<String, RequestError> {
        let mut shape = self.shape(|_| true);
        shape.span = span;
        if self.visual.by.is_empty() {
            return self.select(&shape);
        }
        shape.order = self.order();
        shape.limit = Some(MOST_ROWS);
        if let Some(limit) = self.visual.limit.as_ref().filter(|_| !self.visual.rest) {
            if self.visual.by.len() == 1 {
                shape.limit = Some(u64::from(limit.value));
            } else {
                shape
                    .extra
                    .push(self.top_keys(u64::from(limit.value), span, &[])?);
            }
        }
        self.select(&shape)
    }

    /// `key IN (the first so many keys in the visual's order)`.
    fn top_keys(
        &self,
        limit: u64,
        span: Option<Span>,
        extra: &[String],
    ) -> Result<String, RequestError> {
        let key = self.columns.first().ok_or_else(|| self.unresolved())?;
        let mut shape = self.shape(|column| {
            column.name == key.name || !matches!(column.source, Source::Dimension(_))
        });
        shape
            .columns
            .retain(|column| !matches!(column.source, Source::Detail(_)));
        shape.span = span;
        shape.extra = extra.to_vec();
        shape.order = self.order();
        shape.limit = Some(limit);
        let Source::Dimension(dimension) = key.source else {
            return Err(self.unresolved());
        };
        let number = self.number_of(dimension).map(|(_, number)| PlanColumn {
            source: Source::Label(number),
            name: sql::alias(number),
            ..key.clone()
        });
        shape.columns.extend(&number);
        let (expression, name) = match &number {
            Some(PlanColumn {
                source: Source::Label(number),
                name,
                ..
            }) => ((*number).to_owned(), name),
            _ => (self.dimension_sql(dimension)?, &key.name),
        };
        let top = self.select(&shape)?;
        Ok(format!(
            "{expression} IN (SELECT {name} FROM (\n{top}\n) AS top_keys)"
        ))
    }

    fn trend(&self) -> Result<Option<String>, RequestError> {
        let Some(time) = &self.dataset.time else {
            return Ok(None);
        };
        let measure = self
            .columns
            .iter()
            .find(|column| Self::is_measure(column))
            .ok_or_else(|| self.unresolved())?;
        let level = match measure.source {
            Source::Measure(name) => self.spec.level_of_measure(name)?,
            _ => None,
        };
        if level == Some(Level::Time) {
            return self.inner_trend(measure, &time.column.value).map(Some);
        }
        let dimension = Dimension {
            column: Some(time.column.clone()),
            bucket: None,
            grain: None,
            meaning: None,
            limit: None,
        };
        let column = PlanColumn {
            source: Source::Dimension(&dimension),
            name: sql::alias(&time.column),
            ..measure.clone()
        };
        let mut shape = self.shape(|_| false);
        shape.span = self.trend_span();
        shape.columns = vec![&column, measure];
        shape.order = vec![(column.name.clone(), Order::Asc)];
        self.select(&shape).map(Some)
    }

    /// The trend of a mean per day is the number of each day, asked for in the words in which its own headline does, so
    /// that the answer serves both.
    fn inner_trend(&self, measure: &PlanColumn<'_>, time: &str) -> Result<String, RequestError> {
        let Source::Measure(name) = measure.source else {
            return Err(self.unresolved());
        };
        let parts = self.spec.measure(name)?.parts();
        let part = &parts.first().ok_or_else(|| self.unresolved())?.value;
        let expression = self.expressions.flat(part)?;
        let mut select = self.facet_columns(|_, facet| facet.key.clone());
        select.push(format!("{time} AS {time}"));
        let keys: Vec<String> = (1..=select.len()).map(|place| place.to_string()).collect();
        select.push(format!("{expression} AS {}", sql::alias(part)));
        Ok(format!(
            "SELECT {}\n{}\nGROUP BY {}\nORDER BY {} ASC NULLS LAST",
            select.join(", "),
            self.source(self.trend_span(), &[]),
            keys.join(", "),
            keys.len(),
        ))
    }

    /// A month alone has no line: its trend is that of twelve months.
    fn trend_span(&self) -> Option<Span> {
        let monthly = self
            .dataset
            .time
            .as_ref()
            .is_some_and(|time| time.grain == Grain::Month);
        match self.spec.chosen_span(self.request) {
            Some(chosen) if monthly => chosen.covered(crate::spec::Window::Year),
            _ => self.covered,
        }
    }

    fn pivot(&self) -> Result<LocalQuery, RequestError> {
        let view = &self.request.view;
        let search = self.search_condition();
        let is_row = |column: &PlanColumn<'_>| !matches!(column.source, Source::Dimension(dimension) if self.is_column_axis(dimension));
        let mut rows = self.shape(is_row);
        rows.extra.clone_from(&search);
        rows.order = self.order();
        rows.limit = Some(MOST_ROWS);
        let mut cells =
            self.shape(|column| !matches!(column.source, Source::Label(_) | Source::Detail(_)));
        cells.extra = match view.limit {
            Some(limit) => vec![self.top_keys(view.offset + limit, self.covered, &search)?],
            None => search,
        };
        cells.limit = None;
        let mut columns = self.shape(|column| {
            Self::is_measure(column)
                || matches!(column.source, Source::Dimension(dimension) if self.is_column_axis(dimension))
        });
        columns.order = columns
            .columns
            .first()
            .map(|column| (column.name.clone(), Order::Asc))
            .into_iter()
            .collect();
        Ok(LocalQuery {
            statements: vec![
                Statement {
                    role: Role::Current,
                    sql: self.select(&rows)?,
                },
                Statement {
                    role: Role::Cells,
                    sql: self.select(&cells)?,
                },
                Statement {
                    role: Role::ColumnTotals,
                    sql: self.select(&columns)?,
                },
                Statement {
                    role: Role::Totals,
                    sql: self.select(&self.shape(Self::is_measure))?,
                },
            ],
        })
    }

    fn is_column_axis(&self, dimension: &Dimension) -> bool {
        self.visual
            .by
            .last()
            .is_some_and(|last| std::ptr::eq(last, dimension))
    }

    fn search_condition(&self) -> Vec<String> {
        let needle = self.request.view.search.trim().to_lowercase();
        let user = self.dataset.user.as_ref().filter(|_| !needle.is_empty());
        let Some(user) = user else {
            return Vec::new();
        };
        let needle = sql::text(&needle);
        vec![format!(
            "(strpos(lower({}), {needle}) > 0 OR strpos(lower({}), {needle}) > 0)",
            user.label.value, user.id.value
        )]
    }

    /// The order of the rows: as asked by the page, else as the file says, else time, else the largest first.
    fn order(&self) -> Vec<(String, Order)> {
        let known = |name: &str| self.columns.iter().any(|column| column.name == name);
        let mut order: Vec<(String, Order)> = Vec::new();
        if self.is_pivot()
            && let Some((by, direction)) = &self.request.view.sort
            && known(by)
        {
            order.push((by.clone(), *direction));
        }
        let sorts = self
            .visual
            .sort
            .iter()
            .map(|sort| (sql::alias(&sort.by), sort.order));
        order.extend(sorts.filter(|(name, _)| known(name)));
        let tabular = matches!(self.visual.kind.value, Kind::Table | Kind::Pivot);
        if order.is_empty()
            && (tabular
                || !self
                    .visual
                    .by
                    .iter()
                    .any(|dimension| self.is_time(dimension)))
        {
            let measure = self.columns.iter().find(|column| Self::is_measure(column));
            order.extend(measure.map(|measure| (measure.name.clone(), Order::Desc)));
        }
        let dimensions = self
            .columns
            .iter()
            .filter(|column| matches!(column.source, Source::Dimension(_)));
        for dimension in dimensions {
            if !order.iter().any(|(name, _)| *name == dimension.name) {
                order.push((dimension.name.clone(), Order::Asc));
            }
        }
        order
    }
}
