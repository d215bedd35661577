//! The figures of a report: computed for many choices with few questions, each different one kept once, and no more
//! choices than fit.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures::{StreamExt as _, stream};
use kiro_dashboard::spec::{Kind, Show};
use kiro_dashboard::{PageModel, PageVisual};
use kiro_dashboard_sql::{ChoiceRow, Facet, Figure, Selection, TableView};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::desk::Desk;
use crate::report::mask::Mask;
use crate::report::plan::{Choices, Dates, Offered, combinations, key, narrowed, people};
use crate::report::{ReportError, ReportOptions};

/// So many visuals are asked for at the same time.
const VISUALS_AT_ONCE: usize = 4;
/// So many people are asked for, and added to a report, together.
const PEOPLE_AT_ONCE: usize = 100;

/// Visual, then selection, then place in the list of figures.
pub(crate) type Places = BTreeMap<String, BTreeMap<String, usize>>;

/// Figures that come into the report together or not at all, the most important ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Chapter {
    Dates,
    Plans,
    Clients,
    PlansAndClients,
    People(usize),
}

type Digested = [u8; 32];

/// Everything computed so far.
pub(crate) struct Album<'a> {
    artist: Artist<'a>,
    texts: HashMap<Digested, Box<RawValue>>,
    chapters: BTreeMap<Chapter, BTreeMap<(String, String), Digested>>,
    bytes: usize,
    /// The first chapter that did not fit: it is out, and so is all that comes after it.
    full: Option<Chapter>,
}

/// One figure on its way into the album.
struct Leaf {
    chapter: Chapter,
    visual: String,
    key: String,
    text: Box<RawValue>,
}

impl<'a> Album<'a> {
    pub(crate) fn new(
        desk: &'a Desk,
        options: &'a ReportOptions,
        dates: &'a Dates,
        mask: Option<&'a Mask<'a>>,
    ) -> Self {
        Self {
            artist: Artist {
                desk,
                options,
                dates,
                mask,
            },
            texts: HashMap::new(),
            chapters: BTreeMap::new(),
            bytes: 0,
            full: None,
        }
    }

    /// Computes everything that fits; what the pickers can therefore offer.
    pub(crate) async fn fill(&mut self, page: &PageModel) -> Result<Offered, ReportError> {
        let choices = if self.artist.options.most_bytes == 0 {
            Choices::default()
        } else {
            Choices::read(self.artist.desk, page).await?
        };
        let everyone: Vec<&PageVisual> = visuals(page)
            .filter(|visual| visual.show != Show::User)
            .collect();
        self.add(&everyone, &choices.filters(), |selection| {
            match (selection.tier.is_empty(), selection.client.is_empty()) {
                (true, true) => Chapter::Dates,
                (false, true) => Chapter::Plans,
                (true, false) => Chapter::Clients,
                (false, false) => Chapter::PlansAndClients,
            }
        })
        .await?;
        let person: Vec<&PageVisual> = page
            .sheets
            .iter()
            .filter(|sheet| sheet.visuals.iter().any(|one| one.show == Show::User))
            .flat_map(|sheet| &sheet.visuals)
            .filter(|visual| visual.show != Show::NoUser && visual.kind != Kind::Text)
            .collect();
        let mut user: Vec<ChoiceRow> = Vec::new();
        for (place, some) in choices.user.chunks(PEOPLE_AT_ONCE).enumerate() {
            let chapter = Chapter::People(place);
            if person.is_empty() || !self.has_room_for(chapter) {
                break;
            }
            self.add(&person, &[people(some)], |_| chapter).await?;
            if self.has_room_for(chapter) {
                user.extend(self.shown("user", some));
            }
        }
        let kept = |chapter, picker, choices: &[ChoiceRow]| {
            if self.has_room_for(chapter) {
                self.shown(picker, choices)
            } else {
                Vec::new()
            }
        };
        Ok(Offered {
            date: self.artist.dates.offered.clone(),
            tier: kept(Chapter::Plans, "tier", &choices.tier),
            client: kept(Chapter::Clients, "client", &choices.client),
            user,
            together: self.has_room_for(Chapter::PlansAndClients),
        })
    }

    /// The places of the figures, and the figures.
    pub(crate) fn finish(self) -> (Places, Vec<Box<RawValue>>) {
        let (mut places, mut figures) = (Places::new(), Vec::new());
        let mut known: HashMap<Digested, usize> = HashMap::new();
        let mut texts = self.texts;
        for ((visual, key), digest) in self.chapters.into_values().flatten() {
            if let Some(text) = texts.remove(&digest) {
                known.insert(digest, figures.len());
                figures.push(text);
            }
            let place = known.get(&digest).copied().unwrap_or_default();
            places.entry(visual).or_default().insert(key, place);
        }
        (places, figures)
    }

    /// Computes these visuals for all offered dates and all combinations of the facets.
    async fn add(
        &mut self,
        visuals: &[&PageVisual],
        facets: &[Facet],
        chapter: impl Fn(&Selection) -> Chapter + Copy,
    ) -> Result<(), ReportError> {
        let artist = self.artist;
        let mut asked: HashSet<(String, String)> = HashSet::new();
        let mut wanted: Vec<(&PageVisual, Selection)> = Vec::new();
        for span in &artist.dates.offered {
            let selection = artist.dates.selection(*span);
            for visual in visuals {
                if asked.insert((visual.id.clone(), key(visual, &selection))) {
                    wanted.push((visual, selection.clone()));
                }
            }
        }
        let mut leaves = stream::iter(wanted)
            .map(|(visual, selection)| artist.draw(visual, selection, facets, chapter))
            .buffer_unordered(VISUALS_AT_ONCE);
        while let Some(leaves) = leaves.next().await {
            for leaf in leaves? {
                self.put(leaf);
            }
        }
        Ok(())
    }

    fn has_room_for(&self, chapter: Chapter) -> bool {
        self.full.is_none_or(|full| chapter < full)
    }

    fn put(&mut self, leaf: Leaf) {
        if !self.has_room_for(leaf.chapter) {
            return;
        }
        let digest: Digested = Sha256::digest(leaf.text.get().as_bytes()).into();
        if !self.texts.contains_key(&digest) {
            self.bytes += leaf.text.get().len();
            self.texts.insert(digest, leaf.text);
        }
        self.chapters
            .entry(leaf.chapter)
            .or_default()
            .insert((leaf.visual, leaf.key), digest);
        while self.bytes > self.artist.options.most_bytes && self.drop_the_last_chapter() {}
    }

    /// Makes room; the dates alone are always there.
    fn drop_the_last_chapter(&mut self) -> bool {
        let Some((last, _)) = self
            .chapters
            .last_key_value()
            .filter(|(last, _)| **last > Chapter::Dates)
        else {
            return false;
        };
        self.full = Some(*last);
        self.chapters.pop_last();
        let used: HashSet<&Digested> = self.chapters.values().flat_map(BTreeMap::values).collect();
        self.texts.retain(|digest, _| used.contains(digest));
        self.bytes = self.texts.values().map(|text| text.get().len()).sum();
        true
    }

    /// What a picker of the report offers for these values.
    fn shown(&self, picker: &str, choices: &[ChoiceRow]) -> Vec<ChoiceRow> {
        match self.artist.mask {
            Some(mask) => choices.iter().map(|one| mask.choice(picker, one)).collect(),
            None => choices.to_vec(),
        }
    }
}

/// Draws figures.
#[derive(Clone, Copy)]
struct Artist<'a> {
    desk: &'a Desk,
    options: &'a ReportOptions,
    dates: &'a Dates,
    /// Hides people, where they are not to be named.
    mask: Option<&'a Mask<'a>>,
}

impl Artist<'_> {
    /// The figures of one visual and one choice of dates, for every combination of the facets that act on it.
    async fn draw(
        self,
        visual: &PageVisual,
        selection: Selection,
        facets: &[Facet],
        chapter: impl Fn(&Selection) -> Chapter,
    ) -> Result<Vec<Leaf>, ReportError> {
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
            let asked = self.spelled_out(&selection);
            let faceted = self.desk.faceted(&visual.id, asked, facets).await;
            faceted.map_err(failed)?
        };
        let mut leaves = Vec::new();
        for choice in combinations(&acting) {
            let narrowed = narrowed(selection.clone(), &acting, &choice);
            let asked = self.spelled_out(&narrowed);
            let view = TableView {
                limit: Some(self.options.most_rows),
                ..TableView::default()
            };
            let figure = match &mut results {
                Some(results) => {
                    let results = results.take(&choice);
                    self.desk.figure_of(&visual.id, asked, view, results).await
                }
                None => self.desk.figure(&visual.id, asked, view).await,
            };
            let figure = figure.map_err(failed)?;
            leaves.push(Leaf {
                chapter: chapter(&narrowed),
                visual: visual.id.clone(),
                key: self.key(visual, &narrowed),
                text: self.text(figure)?,
            });
        }
        Ok(leaves)
    }

    /// The page of a report knows the days of the report, the desk those of the data.
    fn spelled_out(self, selection: &Selection) -> Selection {
        let mut asked = selection.clone();
        if let Some(days) = self.dates.days.filter(|_| asked.to.is_none()) {
            let back = chrono::Days::new(u64::from(self.dates.default_days.saturating_sub(1)));
            asked.from = Some(days.to.checked_sub_days(back).unwrap_or(days.from));
            asked.to = Some(days.to);
        }
        asked
    }

    fn key(self, visual: &PageVisual, selection: &Selection) -> String {
        match self.mask {
            Some(mask) => key(visual, &mask.selection(selection)),
            None => key(visual, selection),
        }
    }

    fn text(self, mut figure: Figure) -> Result<Box<RawValue>, ReportError> {
        if let Some(mask) = self.mask {
            mask.hide(&mut figure);
        }
        Ok(RawValue::from_string(serde_json::to_string(&figure)?)?)
    }
}

fn visuals(page: &PageModel) -> impl Iterator<Item = &PageVisual> {
    let visuals = page.sheets.iter().flat_map(|sheet| &sheet.visuals);
    visuals.filter(|visual| visual.kind != Kind::Text)
}
