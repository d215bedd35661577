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
use crate::report::embed::filters::{Filters, PickerOptions, figure_key, user_facet};
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
            Filters::read(self.renderer.service, page).await?
        };
        let everyone: Vec<&PageVisual> = visuals(page)
            .filter(|visual| visual.show != Show::User)
            .collect();
        self.add(&everyone, &filters.facets(), |selection| {
            match (selection.tier.is_empty(), selection.client.is_empty()) {
                (true, true) => Priority::Dates,
                (false, true) => Priority::Plans,
                (true, false) => Priority::Clients,
                (false, false) => Priority::PlansAndClients,
            }
        })
        .await?;
        let one_user: Vec<&PageVisual> = page
            .sheets
            .iter()
            .filter(|sheet| sheet.visuals.iter().any(|one| one.show == Show::User))
            .flat_map(|sheet| &sheet.visuals)
            .filter(|visual| visual.show != Show::NoUser && visual.kind != Kind::Text)
            .collect();
        let mut user: Vec<ChoiceRow> = Vec::new();
        for (number, users) in filters.user.chunks(USERS_PER_GROUP).enumerate() {
            let priority = Priority::Users(number);
            if one_user.is_empty() || !self.fits(priority) {
                break;
            }
            self.add(&one_user, &[user_facet(users)], |_| priority)
                .await?;
            if self.fits(priority) {
                user.extend(self.options("user", users));
            }
        }
        let options = |priority, picker, choices: &[ChoiceRow]| {
            if self.fits(priority) {
                self.options(picker, choices)
            } else {
                Vec::new()
            }
        };
        Ok(PickerOptions {
            date: self.renderer.dates.presets.clone(),
            tier: options(Priority::Plans, "tier", &filters.tier),
            client: options(Priority::Clients, "client", &filters.client),
            user,
            together: self.fits(Priority::PlansAndClients),
        })
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
        let mut known: HashSet<(String, String)> = HashSet::new();
        let mut requests: Vec<(&PageVisual, Selection)> = Vec::new();
        for span in &renderer.dates.presets {
            let selection = renderer.dates.selection(*span);
            for visual in visuals {
                if known.insert((visual.id.clone(), figure_key(visual, &selection))) {
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
