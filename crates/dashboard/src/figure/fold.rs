//! Small series and small rows as one, and running totals.

use std::collections::{BTreeMap, HashMap};

use crate::compile::{ColumnRole, Plan, Source};
use crate::figure::{Figure, OTHER};
use crate::spec::Dimension;
use crate::value::Value;

impl Plan<'_> {
    /// Adds up all series but the largest, as the second dimension's limit says.
    pub(crate) fn fold_series(&self, figure: &mut Figure) {
        let [
            _,
            Dimension {
                limit: Some(limit), ..
            },
        ] = self.visual.by.as_slice()
        else {
            return;
        };
        let series = 1;
        let Some(sizes) = self.sizes(figure, series) else {
            return;
        };
        let kept = largest(sizes, *limit);
        for row in &mut figure.rows {
            if let Some(cell) = row.get_mut(series)
                && !kept.contains(&cell.plain())
            {
                *cell = Value::Text(OTHER.to_owned());
            }
        }
        self.add_up_equal_keys(figure);
    }

    /// How much of the first measure each text of a column has; none without a measure.
    fn sizes(&self, figure: &Figure, column: usize) -> Option<HashMap<String, f64>> {
        let value = self
            .columns
            .iter()
            .position(|column| column.role == ColumnRole::Value)?;
        let mut sizes = HashMap::new();
        for row in &figure.rows {
            let size = row.get(value).and_then(Value::number).unwrap_or(0.0);
            *sizes
                .entry(row.get(column).map(Value::plain).unwrap_or_default())
                .or_default() += size;
        }
        Some(sizes)
    }

    /// Adds up all rows beyond the limit, where the file asks for the rest.
    pub(crate) fn fold_rest(&self, figure: &mut Figure) {
        let Some(limit) = self.visual.limit.as_ref().filter(|_| self.visual.rest) else {
            return;
        };
        let Some(sizes) = self.sizes(figure, 0) else {
            return;
        };
        let kept = largest(sizes, limit.value);
        let texts: Vec<usize> = (0..self.columns.len())
            .filter(|place| {
                self.columns.get(*place).is_some_and(|column| {
                    matches!(column.source, Source::Label(_) | Source::Detail(_))
                })
            })
            .collect();
        for row in &mut figure.rows {
            if row.first().is_some_and(|key| !kept.contains(&key.plain())) {
                for place in std::iter::once(0).chain(texts.iter().copied()) {
                    if let Some(cell) = row.get_mut(place) {
                        *cell = Value::Text(OTHER.to_owned());
                    }
                }
            }
        }
        self.add_up_equal_keys(figure);
    }

    /// One row per key, measures added; the first row of a key says where it stands.
    fn add_up_equal_keys(&self, figure: &mut Figure) {
        let is_measure = |place: usize| {
            self.columns
                .get(place)
                .is_some_and(|column| matches!(column.source, Source::Measure(_)))
        };
        let keys = self.visual.by.len();
        let mut places: HashMap<Vec<String>, usize> = HashMap::new();
        let mut rows: Vec<Vec<Value>> = Vec::with_capacity(figure.rows.len());
        for row in std::mem::take(&mut figure.rows) {
            let key: Vec<String> = row.iter().take(keys).map(Value::plain).collect();
            if let Some(known) = places.get(&key).and_then(|place| rows.get_mut(*place)) {
                for (place, cell) in row
                    .iter()
                    .enumerate()
                    .filter(|(place, _)| is_measure(*place))
                {
                    if let Some(sum) = known.get_mut(place) {
                        *sum = sum.plus(cell);
                    }
                }
            } else {
                places.insert(key, rows.len());
                rows.push(row);
            }
        }
        figure.rows = rows;
    }

    /// Running totals along the rows, for each series.
    pub(crate) fn accumulate(&self, rows: &mut [Vec<Value>]) {
        let mut sums: BTreeMap<(String, usize), Value> = BTreeMap::new();
        let with_series = self.visual.by.len() > 1;
        for row in rows {
            let series = row
                .get(1)
                .filter(|_| with_series)
                .map(Value::plain)
                .unwrap_or_default();
            for (place, column) in self.columns.iter().enumerate() {
                if !matches!(column.source, Source::Measure(_)) {
                    continue;
                }
                if let Some(cell) = row.get_mut(place) {
                    let sum = sums.entry((series.clone(), place)).or_default();
                    *sum = sum.plus(cell);
                    *cell = sum.clone();
                }
            }
        }
    }
}

fn largest(sizes: HashMap<String, f64>, limit: u32) -> Vec<String> {
    let mut sizes: Vec<(String, f64)> = sizes.into_iter().collect();
    sizes.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    sizes
        .into_iter()
        .take(limit as usize)
        .map(|(name, _)| name)
        .collect()
}
