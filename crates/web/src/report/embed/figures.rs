//! The embedded figures of a report: computed with few queries for many choices, stored once per distinct content, and
//! limited in size.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures::{StreamExt as _, stream};
use kiro_dashboard::spec::{Kind, Show};
use kiro_dashboard::{PageModel, PageVisual};
use kiro_dashboard_sql::{ChoiceRow, Facet, Selection};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::report::ReportError;
use crate::report::embed::filters::{Filter, Filters, PickerOptions, figure_key};
use crate::report::embed::renderer::{FigureRenderer, Priority, RenderedFigure};

/// The maximum number of visuals that are rendered concurrently.
const MAX_CONCURRENT_VISUALS: usize = 4;
/// The number of users whose figures are rendered and embedded together.
const USERS_PER_GROUP: usize = 100;

/// The position of each figure in the list of figures, by visual and selection.
pub(crate) type FigureIndex = BTreeMap<String, BTreeMap<String, usize>>;

/// The SHA-256 of a figure's JSON.
type FigureDigest = [u8; 32];

/// The figures that were rendered so far.
pub(crate) struct ReportFigures<'a> {
    renderer: FigureRenderer<'a>,
    contents: HashMap<FigureDigest, Box<RawValue>>,
    /// By priority, visual and selection.
    digests: BTreeMap<Priority, BTreeMap<(String, String), FigureDigest>>,
    /// The size of all contents.
    bytes: usize,
    /// The first priority that did not fit. It is left out, with all later ones.
    overflow: Option<Priority>,
}

impl<'a> ReportFigures<'a> {
    pub(crate) fn new(renderer: FigureRenderer<'a>) -> Self {
        Self {
            renderer,
            contents: HashMap::new(),
            digests: BTreeMap::new(),
            bytes: 0,
            overflow: None,
        }
    }

    /// Renders all figures that fit. Returns the options of the pickers that have figures.
    pub(crate) async fn fill(&mut self, page: &PageModel) -> Result<PickerOptions, ReportError> {
        let filters = if self.renderer.options.max_figure_bytes == 0 {
            Filters::default()
        } else {
            Filters::read(self.renderer.service).await?
        };
        self.add_values(page, &filters.values).await?;
        let users = match &filters.users {
            Some(users) => self.add_users(page, users).await?,
            None => Vec::new(),
        };
        let mut options = PickerOptions {
            dates: self.renderer.dates.presets.clone(),
            ..PickerOptions::default()
        };
        for filter in &filters.values {
            if self.fits(Priority::Filter(filter.place)) {
                let choices = self.options(&filter.picker, &filter.choices);
                options.values.insert(filter.picker.clone(), choices);
            }
            if filter.together && self.fits(Priority::Together) {
                options.together.push(filter.picker.clone());
            }
        }
        if options.together.len() < 2 {
            options.together.clear();
        }
        if let Some(filter) = filters.users {
            options.values.insert(filter.picker, users);
        }
        Ok(options)
    }

    /// Adds the figures about all users: for the dates, each value of each filter, and each pair of values of those that can
    /// be chosen together.
    async fn add_values(
        &mut self,
        page: &PageModel,
        filters: &[Filter],
    ) -> Result<(), ReportError> {
        let everyone: Vec<&PageVisual> = visuals(page)
            .filter(|visual| visual.show != Show::User)
            .collect();
        let (together, alone): (Vec<&Filter>, Vec<&Filter>) =
            filters.iter().partition(|filter| filter.together);
        let facets: Vec<Facet> = together.iter().map(|one| one.facet_with_all()).collect();
        self.add(&everyone, &facets, |selection| {
            let mut chosen = together
                .iter()
                .filter(|filter| selection.is_chosen(&filter.picker));
            match (chosen.next(), chosen.next()) {
                (None, _) => Priority::Dates,
                (Some(filter), None) => Priority::Filter(filter.place),
                (Some(_), Some(_)) => Priority::Together,
            }
        })
        .await?;
        for filter in alone {
            let priority = Priority::Filter(filter.place);
            if !self.fits(priority) {
                continue;
            }
            let acting: Vec<&PageVisual> = everyone
                .iter()
                .copied()
                .filter(|visual| visual.acts.contains(&filter.picker))
                .collect();
            self.add(&acting, &[filter.facet(&filter.choices)], |_| priority)
                .await?;
        }
        Ok(())
    }

    /// Adds the figures of the sheets about one user for as many users as fit. Returns the options of these users.
    async fn add_users(
        &mut self,
        page: &PageModel,
        filter: &Filter,
    ) -> Result<Vec<ChoiceRow>, ReportError> {
        let one_user: Vec<&PageVisual> = page
            .sheets
            .iter()
            .filter(|sheet| sheet.visuals.iter().any(|one| one.show == Show::User))
            .flat_map(|sheet| &sheet.visuals)
            .filter(|visual| visual.show != Show::NoUser && visual.kind != Kind::Text)
            .collect();
        let mut options = Vec::new();
        for (number, users) in filter.choices.chunks(USERS_PER_GROUP).enumerate() {
            let priority = Priority::Users(number);
            if one_user.is_empty() || !self.fits(priority) {
                break;
            }
            self.add(&one_user, &[filter.facet(users)], |_| priority)
                .await?;
            if self.fits(priority) {
                options.extend(self.options(&filter.picker, users));
            }
        }
        Ok(options)
    }

    /// Returns the index of the figures, and the list of distinct figures.
    pub(crate) fn finish(self) -> (FigureIndex, Vec<Box<RawValue>>) {
        let (mut index, mut figures) = (FigureIndex::new(), Vec::new());
        let mut positions: HashMap<FigureDigest, usize> = HashMap::new();
        let mut contents = self.contents;
        for ((visual, key), digest) in self.digests.into_values().flatten() {
            if let Some(json) = contents.remove(&digest) {
                positions.insert(digest, figures.len());
                figures.push(json);
            }
            let position = positions.get(&digest).copied().unwrap_or_default();
            index.entry(visual).or_default().insert(key, position);
        }
        (index, figures)
    }

    /// Renders these visuals for all date presets and all combinations of the facets.
    async fn add(
        &mut self,
        visuals: &[&PageVisual],
        facets: &[Facet],
        priority: impl Fn(&Selection) -> Priority + Copy,
    ) -> Result<(), ReportError> {
        let renderer = self.renderer;
        let spec = renderer.service.spec();
        let mut known: HashSet<(String, String)> = HashSet::new();
        let mut requests: Vec<(&PageVisual, Selection)> = Vec::new();
        for span in &renderer.dates.presets {
            let selection = renderer.dates.selection(*span);
            for visual in visuals {
                if known.insert((visual.id.clone(), figure_key(spec, visual, &selection))) {
                    requests.push((visual, selection.clone()));
                }
            }
        }
        let mut groups = stream::iter(requests)
            .map(|(visual, selection)| renderer.render(visual, selection, facets, priority))
            .buffer_unordered(MAX_CONCURRENT_VISUALS);
        while let Some(figures) = groups.next().await {
            for figure in figures? {
                self.insert(figure);
            }
        }
        Ok(())
    }

    fn fits(&self, priority: Priority) -> bool {
        self.overflow.is_none_or(|overflow| priority < overflow)
    }

    fn insert(&mut self, figure: RenderedFigure) {
        if !self.fits(figure.priority) {
            return;
        }
        let digest: FigureDigest = Sha256::digest(figure.json.get().as_bytes()).into();
        if !self.contents.contains_key(&digest) {
            self.bytes += figure.json.get().len();
            self.contents.insert(digest, figure.json);
        }
        self.digests
            .entry(figure.priority)
            .or_default()
            .insert((figure.visual, figure.key), digest);
        while self.bytes > self.renderer.options.max_figure_bytes && self.evict_last_priority() {}
    }

    /// Removes the figures of the last priority. Returns false if only those of the dates are left.
    fn evict_last_priority(&mut self) -> bool {
        let Some((last, _)) = self
            .digests
            .last_key_value()
            .filter(|(last, _)| **last > Priority::Dates)
        else {
            return false;
        };
        self.overflow = Some(*last);
        self.digests.pop_last();
        let used: HashSet<&FigureDigest> =
            self.digests.values().flat_map(BTreeMap::values).collect();
        self.contents.retain(|digest, _| used.contains(digest));
        self.bytes = self.contents.values().map(|json| json.get().len()).sum();
        true
    }

    /// The options of a picker for these choices, anonymized if the report is.
    fn options(&self, picker: &str, choices: &[ChoiceRow]) -> Vec<ChoiceRow> {
        match self.renderer.anonymizer {
            Some(anonymizer) => choices
                .iter()
                .map(|choice| anonymizer.choice(picker, choice))
                .collect(),
            None => choices.to_vec(),
        }
    }
}

fn visuals(page: &PageModel) -> impl Iterator<Item = &PageVisual> {
    let visuals = page.sheets.iter().flat_map(|sheet| &sheet.visuals);
    visuals.filter(|visual| visual.kind != Kind::Text)
}
