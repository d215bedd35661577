//! What `QuickSight` shows in another way than the page.

use kiro_dashboard::Spec;
use kiro_dashboard::spec::{Format, Kind, Show, Visual};

/// A visual and one difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fallback {
    pub visual: String,
    pub kind: FallbackKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FallbackKind {
    /// The trend below a headline is left out: with one, `QuickSight` shows the number of the last day.
    Trend,
    /// Measures that are zero are shown: the fields of a visual do not depend on its numbers.
    ZeroMeasures,
    /// Always shown, and empty until a user is chosen: a grid cannot hide visuals.
    OneUser,
    /// Always shown, with all users: a click chooses another user.
    Ranking,
    /// A table with coloured cells.
    Status,
    /// A first or last day is a table of one cell: headlines show numbers, and count dates.
    Day,
    /// Several measures are bars: a pie needs a category and takes one value.
    Bars,
    /// The notes of the sheet explain the number: a narrow tile has no room for a subtitle.
    ExplainedBelow,
}

/// All differences, in reading order.
pub fn fallbacks(spec: &Spec) -> Vec<Fallback> {
    let of_visual = |visual: &Visual| {
        let id = visual.id.value.clone();
        fallbacks_of(spec, visual)
            .into_iter()
            .map(move |kind| Fallback {
                visual: id.clone(),
                kind,
            })
    };
    spec.visuals().flat_map(of_visual).collect()
}

pub(crate) fn fallbacks_of(spec: &Spec, visual: &Visual) -> Vec<FallbackKind> {
    let is_different = [
        (visual.trend, FallbackKind::Trend),
        (visual.fold_zero, FallbackKind::ZeroMeasures),
        (visual.show == Show::User, FallbackKind::OneUser),
        (visual.show == Show::NoUser, FallbackKind::Ranking),
        (visual.kind.value == Kind::Status, FallbackKind::Status),
        (shows_a_day(spec, visual), FallbackKind::Day),
        (
            visual.kind.value == Kind::Donut && visual.by.is_empty(),
            FallbackKind::Bars,
        ),
        (explains_below(visual), FallbackKind::ExplainedBelow),
    ];
    is_different
        .into_iter()
        .filter_map(|(is, kind)| is.then_some(kind))
        .collect()
}

fn shows_a_day(spec: &Spec, visual: &Visual) -> bool {
    let measure = visual.measures.first();
    let measure = measure.and_then(|measure| spec.measure(measure).ok());
    visual.kind.value == Kind::Kpi && measure.is_some_and(|measure| measure.format == Format::Date)
}

/// Minimum width of a headline with a subtitle, in columns of the file.
const SUBTITLE_COLUMNS: u32 = 3;

/// Returns true if the sheet's notes explain the number, as its tile is too narrow for a subtitle.
pub(crate) fn explains_below(visual: &Visual) -> bool {
    visual.kind.value == Kind::Kpi && visual.layout.value.w < SUBTITLE_COLUMNS
}
