//! Checks of sheets and visuals: the right number of columns and measures for the type, and that they fit together.

use kiro_curate::ColumnType;

use super::Checker;
use crate::error::SpecErrorKind;
use crate::spec::{At, Dataset, Dimension, Formula, Kind, Level, Sheet, Stack, Visual, Window};
use crate::sql;

impl<'a> Checker<'a> {
    pub(super) fn sheets(&mut self) {
        let spec = self.spec;
        let (mut sheets, mut visuals) = (Vec::new(), Vec::new());
        for sheet in &spec.document.sheets {
            self.once("sheet", &sheet.id, &mut sheets);
            for picker in &sheet.pickers {
                self.picker_name(picker);
            }
            for visual in &sheet.visuals {
                self.once("visual", &visual.id, &mut visuals);
                self.visual(visual);
            }
            self.layout(sheet);
        }
    }

    fn once(&mut self, what: &'static str, id: &'a At<String>, seen: &mut Vec<&'a str>) {
        if seen.contains(&id.value.as_str()) {
            self.report(
                id,
                SpecErrorKind::Duplicate {
                    what,
                    found: id.value.clone(),
                },
            );
        }
        seen.push(&id.value);
    }

    fn visual(&mut self, visual: &'a Visual) {
        self.shape(visual);
        for picker in &visual.ignore {
            self.picker_name(picker);
        }
        self.click(visual);
        let Some(name) = &visual.dataset else {
            if visual.kind.value != Kind::Text {
                self.expected(
                    &visual.id,
                    &format!("a `dataset` for `{}`", visual.id.value),
                    "none",
                );
            }
            return;
        };
        let Some(dataset) = self.dataset(name) else {
            return;
        };
        for (picker, column) in &visual.bind {
            self.picker_name(&At {
                value: picker.clone(),
                line: column.line,
                column: column.column,
            });
            self.column(dataset, column);
        }
        self.predicates(dataset, &visual.only);
        for dimension in &visual.by {
            self.dimension(dataset, name, &visual.id, dimension);
        }
        for detail in &visual.details {
            match (&detail.column, &detail.bucket) {
                (Some(column), None) => {
                    self.column(dataset, column);
                }
                (None, Some(bucket)) => self.bucket_detail(name, visual, dataset, bucket),
                _ => self.expected(
                    &visual.id,
                    "either `column` or `bucket` in each detail",
                    "both or neither",
                ),
            }
            if let Some(meaning) = &detail.meaning {
                self.meaning(meaning);
            }
        }
        let mut all_known = true;
        for measure in visual.measures.iter().chain(&visual.hidden) {
            all_known &= self.measure_of(measure, name);
        }
        self.needs_time(visual, dataset);
        if all_known {
            self.levels(visual, dataset);
            self.additivity(visual);
            self.sorts(visual);
        }
    }

    fn shape(&mut self, visual: &Visual) {
        let (dimensions, measures) = (visual.by.len(), visual.measures.len());
        let (fits, expected) = match visual.kind.value {
            Kind::Kpi => (dimensions == 0 && measures == 1, "one measure and no `by`"),
            Kind::Bar | Kind::Line | Kind::Area => {
                let fits = dimensions == 1 && measures >= 1 || dimensions == 2 && measures == 1;
                (
                    fits,
                    "an axis in `by` and measures, or an axis, a series and one measure",
                )
            }
            Kind::Donut => {
                let fits = dimensions == 1 && measures == 1 || dimensions == 0 && measures >= 2;
                (fits, "one `by` and one measure, or several measures")
            }
            Kind::Scatter => (
                dimensions == 1 && (2..=3).contains(&measures),
                "one `by` and two or three measures",
            ),
            Kind::Heatmap | Kind::Pivot => {
                (dimensions == 2 && measures == 1, "two `by` and one measure")
            }
            Kind::Table | Kind::Status if visual.transpose => {
                (dimensions == 0 && measures >= 1, "measures and no `by`")
            }
            Kind::Table | Kind::Status => (dimensions >= 1, "at least one `by`"),
            Kind::Text => (
                dimensions == 0 && measures == 0 && visual.dataset.is_none(),
                "no data",
            ),
        };
        if !fits {
            let found = format!("{dimensions} `by` and {measures} measures");
            self.expected(
                &visual.kind,
                &format!("{expected} for `{}`", visual.id.value),
                &found,
            );
        }
    }

    fn dimension(
        &mut self,
        dataset: &Dataset,
        name: &At<String>,
        id: &At<String>,
        dimension: &Dimension,
    ) {
        match (&dimension.column, &dimension.bucket) {
            (Some(column), None) => {
                if dimension.grain.is_some() {
                    self.column_of_type(dataset, column, "a `grain`", &[ColumnType::Date]);
                } else {
                    self.column(dataset, column);
                }
            }
            (None, Some(bucket)) => {
                let buckets = &self.spec.document.buckets;
                match buckets.get(&bucket.value) {
                    None => self.unknown("bucket", bucket, buckets.keys().map(String::as_str)),
                    Some(known) if known.dataset.value != name.value => {
                        let found = format!("`{}` over `{}`", bucket.value, known.dataset.value);
                        self.expected(bucket, &format!("a bucket over `{}`", name.value), &found);
                    }
                    Some(_) => {}
                }
            }
            _ => self.expected(
                id,
                "either `column` or `bucket` in each `by`",
                "both or neither",
            ),
        }
        if let Some(meaning) = &dimension.meaning {
            self.meaning(meaning);
        }
    }

    /// A bucket beside a row needs rows that are one key of the bucket.
    fn bucket_detail(
        &mut self,
        name: &At<String>,
        visual: &Visual,
        dataset: &Dataset,
        bucket: &At<String>,
    ) {
        let buckets = &self.spec.document.buckets;
        let Some(known) = buckets.get(&bucket.value) else {
            self.unknown("bucket", bucket, buckets.keys().map(String::as_str));
            return;
        };
        let key = match known.level.value {
            Level::User => dataset.user.as_ref().map(|user| &user.id.value),
            Level::Time => dataset.time.as_ref().map(|time| &time.column.value),
        };
        let has_key = visual
            .by
            .iter()
            .filter_map(|dimension| dimension.column.as_ref());
        let has_key = has_key
            .map(|column| &column.value)
            .any(|column| Some(column) == key);
        if known.dataset.value != name.value || !has_key {
            let expected = format!(
                "rows by the key of `{}`, over `{}`",
                bucket.value, known.dataset.value
            );
            self.expected(bucket, &expected, "others");
        }
    }

    fn needs_time(&mut self, visual: &Visual, dataset: &Dataset) {
        if dataset.time.is_none()
            && (visual.trend || visual.compare || visual.window != Window::Range)
        {
            let found = format!("`{}` without one", dataset.relation.value);
            self.expected(
                &visual.id,
                "a dataset with a `time` for `trend`, `compare` and `window`",
                &found,
            );
        }
        if visual.compare && visual.window == Window::All {
            self.expected(
                &visual.id,
                "a window with a period before it for `compare`",
                "all days",
            );
        }
    }

    /// Everything with a first step has it for the same key, and the rest can be aggregated over it.
    fn levels(&mut self, visual: &'a Visual, dataset: &Dataset) {
        let spec = self.spec;
        let bucket_levels = visual.by.iter().filter_map(|dimension| {
            let bucket = spec
                .document
                .buckets
                .get(&dimension.bucket.as_ref()?.value)?;
            Some(bucket.level.value)
        });
        let mut level = bucket_levels.fold(None, |_, level| Some(level));
        let measures: Vec<&At<String>> = visual.measures.iter().chain(&visual.hidden).collect();
        for measure in &measures {
            match (spec.level_of_measure(measure), level) {
                (Ok(Some(own)), Some(level)) if own != level => {
                    let (measure_name, reason) = (
                        measure.value.clone(),
                        "another part of the visual is first taken per another key",
                    );
                    self.report(
                        measure,
                        SpecErrorKind::Aggregation {
                            measure: measure_name,
                            reason,
                        },
                    );
                }
                (Ok(Some(own)), None) => level = Some(own),
                _ => {}
            }
        }
        let Some(level) = level else { return };
        let key = match level {
            Level::User => dataset.user.as_ref().map(|user| user.id.value.as_str()),
            Level::Time => dataset.time.as_ref().map(|time| time.column.value.as_str()),
        };
        for measure in measures {
            if !self.can_be_taken_again(measure, key, 0) {
                let reason = "it cannot be added up over users or days: use a sum, a ratio, or a count of those";
                self.report(
                    measure,
                    SpecErrorKind::Aggregation {
                        measure: measure.value.clone(),
                        reason,
                    },
                );
            }
        }
    }

    fn can_be_taken_again(&self, name: &str, key: Option<&str>, depth: usize) -> bool {
        let Ok(measure) = self.spec.measure(name) else {
            return true;
        };
        match &measure.is {
            Formula::Average(_) => false,
            Formula::Distinct(column) => Some(column.value.as_str()) == key,
            Formula::AveragePer { .. } | Formula::CountWhere { .. } => true,
            _ => {
                depth > 20
                    || measure
                        .parts()
                        .iter()
                        .all(|part| self.can_be_taken_again(part, key, depth + 1))
            }
        }
    }

    fn additivity(&mut self, visual: &Visual) {
        let folds = visual.rest
            || visual.cumulative
            || visual.stack == Stack::Percent
            || visual
                .by
                .get(1)
                .is_some_and(|series| series.limit.is_some());
        if !folds {
            return;
        }
        for measure in &visual.measures {
            if !self.spec.is_additive(measure) {
                let reason = "`rest`, `cumulative`, `percent` and the limit of a series add numbers up: use sums";
                self.report(
                    measure,
                    SpecErrorKind::Aggregation {
                        measure: measure.value.clone(),
                        reason,
                    },
                );
            }
        }
    }

    fn sorts(&mut self, visual: &Visual) {
        let mut known: Vec<&str> = visual
            .measures
            .iter()
            .chain(&visual.hidden)
            .map(|name| name.value.as_str())
            .collect();
        known.extend(
            visual
                .by
                .iter()
                .filter_map(|by| by.column.as_ref().or(by.bucket.as_ref()))
                .map(|name| name.value.as_str()),
        );
        known.extend(
            visual
                .details
                .iter()
                .filter_map(|by| by.column.as_ref().or(by.bucket.as_ref()))
                .map(|name| name.value.as_str()),
        );
        let labels = self
            .spec
            .document
            .datasets
            .values()
            .filter_map(|dataset| dataset.user.as_ref());
        known.extend(labels.map(|user| user.label.value.as_str()));
        for sort in &visual.sort {
            if !known.contains(&sort.by.value.as_str()) {
                self.unknown("column of this visual", &sort.by, known.iter().copied());
            }
        }
    }

    fn click(&mut self, visual: &Visual) {
        let Some(click) = &visual.click else { return };
        let sheets = &self.spec.document.sheets;
        if !sheets
            .iter()
            .any(|sheet: &Sheet| sheet.id.value == click.sheet.value)
        {
            self.unknown(
                "sheet",
                &click.sheet,
                sheets.iter().map(|sheet| sheet.id.value.as_str()),
            );
        }
        self.picker_name(&click.picker);
        let columns: Vec<&str> = visual
            .by
            .iter()
            .filter_map(|by| by.column.as_ref())
            .map(|column| column.value.as_str())
            .collect();
        if !columns
            .iter()
            .any(|column| sql::alias(column) == sql::alias(&click.from))
        {
            self.unknown("column of this visual", &click.from, columns);
        }
    }
}
