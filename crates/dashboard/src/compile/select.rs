//! One SELECT of a plan: its columns in one step or in two, its rows, its groups, its order.

use crate::compile::expression::Inner;
use crate::compile::facet::PlanFacet;
use crate::compile::filter::span_condition;
use crate::compile::plan::{Plan, PlanColumn, Source};
use crate::error::RequestError;
use crate::spec::{Dimension, Grain, Level, Order};
use crate::window::Span;

/// One SELECT over the visual's dataset.
pub(super) struct Shape<'p, 'a> {
    pub(super) columns: Vec<&'p PlanColumn<'a>>,
    pub(super) span: Option<Span>,
    pub(super) extra: Vec<String>,
    /// Column names and directions.
    pub(super) order: Vec<(String, Order)>,
    pub(super) limit: Option<u64>,
}

/// What is selected of which rows, and what tells the groups apart.
struct Grouped {
    select: Vec<String>,
    from: String,
    /// Places in `select`, or columns.
    keys: Vec<String>,
}

impl<'a> Plan<'a> {
    pub(super) fn select(&self, shape: &Shape<'_, 'a>) -> Result<String, RequestError> {
        let Grouped { select, from, keys } = match self.level(shape)? {
            None => self.one_step(shape)?,
            Some(level) => self.two_steps(shape, level)?,
        };
        let mut sql = format!("SELECT {}\n{from}", select.join(", "));
        if !keys.is_empty() {
            sql.push_str("\nGROUP BY ");
            sql.push_str(&keys.join(", "));
        }
        let place = |name: &String| {
            let place = shape.columns.iter().position(|column| column.name == *name);
            place.map(|place| place + self.facets.len())
        };
        let order: Vec<String> = shape
            .order
            .iter()
            .filter_map(|(name, order)| {
                let direction = if *order == Order::Asc { "ASC" } else { "DESC" };
                place(name).map(|place| format!("{} {direction} NULLS LAST", place + 1))
            })
            .collect();
        if !order.is_empty() {
            sql.push_str("\nORDER BY ");
            sql.push_str(&order.join(", "));
        }
        // With facets, it is each choice's rows that are limited, when they are taken apart.
        if let Some(limit) = shape.limit.filter(|_| self.facets.is_empty()) {
            sql.push_str("\nLIMIT ");
            sql.push_str(&limit.to_string());
        }
        Ok(sql)
    }

    /// The level of the first step; none if one step is enough.
    fn level(&self, shape: &Shape<'_, 'a>) -> Result<Option<Level>, RequestError> {
        for column in &shape.columns {
            let level = match column.source {
                Source::Dimension(Dimension {
                    bucket: Some(bucket),
                    ..
                }) => self
                    .spec
                    .document
                    .buckets
                    .get(&bucket.value)
                    .map(|bucket| bucket.level.value),
                Source::Measure(measure) => self.spec.level_of_measure(measure)?,
                _ => None,
            };
            if level.is_some() {
                return Ok(level);
            }
        }
        Ok(None)
    }

    fn one_step(&self, shape: &Shape<'_, 'a>) -> Result<Grouped, RequestError> {
        let mut select = self.facet_columns(|_, facet| facet.key.clone());
        let mut keys = ordinals(select.len());
        for column in &shape.columns {
            let expression = match column.source {
                Source::Dimension(dimension) => {
                    if let Some((id, number)) = self.number_of(dimension) {
                        keys.push(number.to_owned());
                        self.expressions.largest(id)
                    } else {
                        keys.push((select.len() + 1).to_string());
                        self.dimension_sql(dimension)?
                    }
                }
                Source::Label(label) => self.expressions.largest(label),
                Source::Detail(detail) => match (&detail.bucket, &detail.column) {
                    (Some(bucket), _) => {
                        self.bucket_sql(bucket, |measure| self.expressions.flat(measure))?
                    }
                    (None, Some(detail)) => self.expressions.largest(detail),
                    (None, None) => return Err(self.unresolved()),
                },
                Source::Measure(measure) => self.expressions.flat(measure)?,
            };
            select.push(format!("{expression} AS {}", column.name));
        }
        Ok(Grouped {
            select,
            from: self.source(shape.span, &shape.extra),
            keys,
        })
    }

    fn two_steps(&self, shape: &Shape<'_, 'a>, level: Level) -> Result<Grouped, RequestError> {
        let mut keys: Vec<String> = self.facets.iter().map(|facet| facet.key.clone()).collect();
        let mut inner = Inner::default();
        let mut select = self.facet_columns(|place, _| format!("k{}", place + 1));
        let mut dimensions = self.facets.len();
        for column in &shape.columns {
            let expression = match column.source {
                Source::Dimension(dimension) => {
                    dimensions += 1;
                    if let Some(bucket) = &dimension.bucket {
                        self.bucket_sql(bucket, |measure| {
                            Ok(inner.column(self.expressions.flat(measure)?))
                        })?
                    } else {
                        keys.push(self.dimension_sql(dimension)?);
                        format!("k{}", keys.len())
                    }
                }
                Source::Label(label) => {
                    format!("MAX({})", inner.column(self.expressions.largest(label)))
                }
                Source::Detail(detail) => {
                    let detail = detail.column.as_ref().ok_or_else(|| self.unresolved())?;
                    format!("MAX({})", inner.column(self.expressions.largest(detail)))
                }
                Source::Measure(measure) => self.expressions.nested(measure, level, &mut inner)?,
            };
            select.push(format!("{expression} AS {}", column.name));
        }
        let mut columns: Vec<String> = keys
            .iter()
            .enumerate()
            .map(|(place, key)| format!("{key} AS k{}", place + 1))
            .collect();
        let level_column = self.expressions.level_column(level)?;
        columns.push(format!(
            "{} AS k0",
            self.expressions.counted_column(level_column)
        ));
        let grouped: Vec<String> = (1..=columns.len()).map(|place| place.to_string()).collect();
        columns.extend(
            inner
                .expressions
                .iter()
                .enumerate()
                .map(|(place, sql)| format!("{sql} AS v{place}")),
        );
        let from = format!(
            "FROM (\n  SELECT {}\n  {}\n  GROUP BY {}\n) AS per_key",
            columns.join(", "),
            self.source(shape.span, &shape.extra).replace('\n', "\n  "),
            grouped.join(", ")
        );
        Ok(Grouped {
            select,
            from,
            keys: ordinals(dimensions),
        })
    }

    pub(super) fn facet_columns(&self, key: impl Fn(usize, &PlanFacet) -> String) -> Vec<String> {
        let facets = self.facets.iter().enumerate();
        facets
            .map(|(place, facet)| format!("{} AS choice_{place}", key(place, facet)))
            .collect()
    }

    /// The user's id and number, if the dimension is the user and there is a number, which is faster to group by.
    pub(super) fn number_of(&self, dimension: &Dimension) -> Option<(&'a str, &'a str)> {
        let user = self.dataset.user.as_ref()?;
        let column = dimension.column.as_ref()?;
        let number = user.number.as_ref()?;
        (column.value == user.id.value).then_some((&user.id.value, &number.value))
    }

    fn bucket_sql(
        &self,
        bucket: &str,
        measure: impl FnMut(&str) -> Result<String, RequestError>,
    ) -> Result<String, RequestError> {
        let bucket = self
            .spec
            .document
            .buckets
            .get(bucket)
            .ok_or_else(|| self.unresolved())?;
        self.expressions.bucket_case(bucket, measure)
    }

    pub(super) fn dimension_sql(&self, dimension: &Dimension) -> Result<String, RequestError> {
        let column = &dimension
            .column
            .as_ref()
            .ok_or_else(|| self.unresolved())?
            .value;
        Ok(match self.grain(dimension) {
            Some(Grain::Week) => format!("CAST(date_trunc('week', {column}) AS date)"),
            Some(Grain::Month) => format!("CAST(date_trunc('month', {column}) AS date)"),
            Some(Grain::Weekday) => format!("day_of_week({column})"),
            Some(Grain::Day | Grain::Auto) | None => column.clone(),
        })
    }

    pub(super) fn source(&self, span: Option<Span>, extra: &[String]) -> String {
        // Nothing is the same nothing on all days: one text, asked once.
        let span = span.filter(|_| !self.is_about_nothing);
        let mut conditions: Vec<String> = span_condition(self.dataset, span).into_iter().collect();
        conditions.extend(self.spec.conditions(self.visual, &self.request.selection));
        conditions.extend_from_slice(extra);
        conditions.extend(self.facets.iter().map(|facet| facet.condition.clone()));
        if self.is_about_nothing {
            conditions.push("1 = 0".to_owned());
        }
        let mut sql = format!("FROM {}", self.spec.qualified(&self.dataset.relation));
        sql.push_str(&self.switches());
        if !conditions.is_empty() {
            sql.push_str("\nWHERE ");
            sql.push_str(&conditions.join("\n  AND "));
        }
        sql
    }
}

/// The first so many places of a select list.
fn ordinals(count: usize) -> Vec<String> {
    (1..=count).map(|place| place.to_string()).collect()
}
