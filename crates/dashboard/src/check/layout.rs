//! Checks of the grid: tiles lie inside the twelve columns, and tiles that are shown together do not overlap.

use super::checker::Checker;
use crate::error::SpecErrorKind;
use crate::spec::{Area, Sheet, Show, Visual};

const GRID_COLUMNS: u32 = 12;

pub(super) fn check_layout(checker: &mut Checker<'_>, sheet: &Sheet) {
    for (index, visual) in sheet.visuals.iter().enumerate() {
        let area = visual.layout.value;
        let id = visual.id.value.clone();
        if area.w == 0 || area.h == 0 || area.x.saturating_add(area.w) > GRID_COLUMNS {
            checker.report(
                &visual.layout,
                SpecErrorKind::OutsideGrid { visual: id.clone() },
            );
        }
        let before = sheet.visuals.iter().take(index);
        let hit = before
            .filter(|other| together(visual, other))
            .find(|other| overlap(area, other.layout.value));
        if let Some(other) = hit {
            let other = other.id.value.clone();
            checker.report(&visual.layout, SpecErrorKind::Overlap { visual: id, other });
        }
    }
}

fn together(a: &Visual, b: &Visual) -> bool {
    !matches!(
        (a.show, b.show),
        (Show::User, Show::NoUser) | (Show::NoUser, Show::User)
    )
}

fn overlap(a: Area, b: Area) -> bool {
    let apart = |a_start: u32, a_size: u32, b_start: u32, b_size: u32| {
        a_start.saturating_add(a_size) <= b_start || b_start.saturating_add(b_size) <= a_start
    };
    !apart(a.x, a.w, b.x, b.w) && !apart(a.y, a.h, b.y, b.h)
}
