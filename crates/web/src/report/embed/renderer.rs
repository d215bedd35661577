//! Renders figures as JSON.

use kiro_dashboard::PageVisual;
use kiro_dashboard_sql::{Facet, Figure, Selection, TableView};
use serde_json::value::RawValue;

use crate::dashboard_service::DashboardService;
use crate::report::anonymize::Anonymizer;
use crate::report::embed::ReportDates;
use crate::report::embed::filters::{combinations, figure_key, narrowed};
use crate::report::{ReportError, ReportOptions};

/// The order in which figures are embedded. Figures of one priority are embedded together or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Priority {
    Dates,
    /// The place of a filter.
    Filter(usize),
    /// A value of both filters that can be chosen together.
    Together,
    /// The number of a group of users.
    Users(usize),
}

/// A figure as JSON, with the key that the page looks it up by.
pub(crate) struct RenderedFigure {
    pub(crate) priority: Priority,
    pub(crate) visual: String,
    pub(crate) key: String,
    pub(crate) json: Box<RawValue>,
}

/// Computes figures, anonymizes them if the report is anonymous, and serializes them.
#[derive(Clone, Copy)]
pub(crate) struct FigureRenderer<'a> {
    pub(crate) service: &'a DashboardService,
    pub(crate) options: &'a ReportOptions,
    pub(crate) dates: &'a ReportDates,
    /// None if the report names users.
    pub(crate) anonymizer: Option<&'a Anonymizer<'a>>,
}

impl FigureRenderer<'_> {
    /// Renders one visual for one choice of dates and every combination of the facets that act on the visual.
    pub(crate) async fn render(
        self,
        visual: &PageVisual,
        selection: Selection,
        facets: &[Facet],
        priority: impl Fn(&Selection) -> Priority,
    ) -> Result<Vec<RenderedFigure>, ReportError> {
        let failed = |source| ReportError::Figure {
            visual: visual.id.clone(),
            source: Box::new(source),
        };
        let acting: Vec<&Facet> = facets
            .iter()
            .filter(|facet| visual.acts.contains(&facet.picker))
            .collect();
        let mut results = if acting.is_empty() {
            None
        } else {
            let selection = self.with_dates(&selection);
            let results = self.service.faceted_results(&visual.id, selection, facets);
            results.await.map_err(failed)?
        };
        let mut rendered = Vec::new();
        for combination in combinations(&acting) {
            let narrowed = narrowed(selection.clone(), &acting, &combination);
            let dated = self.with_dates(&narrowed);
            let view = TableView {
                limit: Some(self.options.max_table_rows),
                ..TableView::default()
            };
            let figure = match &mut results {
                Some(results) => {
                    let results = results.take(&combination);
                    let figure = self.service.figure_from(&visual.id, dated, view, results);
                    figure.await
                }
                None => self.service.figure(&visual.id, dated, view).await,
            };
            let figure = figure.map_err(failed)?;
            rendered.push(RenderedFigure {
                priority: priority(&narrowed),
                visual: visual.id.clone(),
                key: self.key(visual, &narrowed),
                json: self.json(figure)?,
            });
        }
        Ok(rendered)
    }

    /// Fills in the default window: that of the report may differ from that of the service.
    fn with_dates(self, selection: &Selection) -> Selection {
        let mut selection = selection.clone();
        if let Some(window) = self.dates.default_window()
            && selection.to.is_none()
        {
            selection.from = Some(window.from);
            selection.to = Some(window.to);
        }
        selection
    }

    fn key(self, visual: &PageVisual, selection: &Selection) -> String {
        let spec = self.service.spec();
        match self.anonymizer {
            Some(anonymizer) => figure_key(spec, visual, &anonymizer.selection(selection)),
            None => figure_key(spec, visual, selection),
        }
    }

    fn json(self, mut figure: Figure) -> Result<Box<RawValue>, ReportError> {
        if let Some(anonymizer) = self.anonymizer {
            anonymizer.anonymize(&mut figure);
        }
        Ok(RawValue::from_string(serde_json::to_string(&figure)?)?)
    }
}
