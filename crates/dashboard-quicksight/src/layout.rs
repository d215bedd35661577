//! The grid: the file's 12 columns become `QuickSight`'s 36, each row becomes two.

use kiro_dashboard::spec::{Area, Kind, Sheet, Show, Visual};
use serde_json::{Value, json};

/// Grid columns and rows per column and row of the file.
const COLUMNS: u32 = 3;
const ROWS: u32 = 2;
/// Maximum width and height of an element (API limits).
const GRID_COLUMNS: u32 = 36;
const MAX_ROWS: u32 = 21;

/// The layout of a sheet without overlaps: visuals that share an area of the file are below each other.
pub(crate) fn layout(sheet: &Sheet, notes: Option<(&str, u32)>) -> Value {
    let mut skyline = [0; GRID_COLUMNS as usize];
    let mut elements = Vec::new();
    for visual in in_order(sheet) {
        let area = scaled(visual.layout.value);
        let kind = if visual.kind.value == Kind::Text {
            "TEXT_BOX"
        } else {
            "VISUAL"
        };
        elements.push(placed(&mut skyline, &visual.id.value, kind, area));
    }
    if let Some((id, rows)) = notes {
        let area = Area {
            x: 0,
            y: 0,
            w: GRID_COLUMNS,
            h: rows.clamp(1, MAX_ROWS),
        };
        elements.push(placed(&mut skyline, id, "TEXT_BOX", area));
    }
    json!([{"Configuration": {"GridLayout": {
        "Elements": elements,
        "CanvasSizeOptions": canvas(),
    }}}])
}

/// The layout of controls: two columns each.
pub(crate) fn control_layout(controls: &[String]) -> Value {
    let elements: Vec<Value> = controls
        .iter()
        .map(|id| {
            json!({"ElementId": id, "ElementType": "PARAMETER_CONTROL", "ColumnSpan": 2, "RowSpan": 1})
        })
        .collect();
    json!([{"Configuration": {"GridLayout": {"Elements": elements}}}])
}

/// A canvas as wide as the window.
pub(crate) fn canvas() -> Value {
    json!({"ScreenCanvasSizeOptions": {"ResizeOption": "RESPONSIVE"}})
}

/// First the visuals that are hidden once a user is chosen, then the others, each from top to bottom.
fn in_order(sheet: &Sheet) -> Vec<&Visual> {
    let mut visuals: Vec<&Visual> = sheet.visuals.iter().collect();
    visuals.sort_by_key(|visual| {
        let area = visual.layout.value;
        (visual.show != Show::NoUser, area.y, area.x)
    });
    visuals
}

fn scaled(area: Area) -> Area {
    Area {
        x: area.x * COLUMNS,
        y: area.y * ROWS,
        w: area.w * COLUMNS,
        h: (area.h * ROWS).min(MAX_ROWS),
    }
}

/// An element below all elements that share a column with it.
fn placed(skyline: &mut [u32], id: &str, kind: &str, area: Area) -> Value {
    let columns = area.x as usize..((area.x + area.w) as usize).min(skyline.len());
    let taken = skyline.get_mut(columns).unwrap_or_default();
    let row = taken.iter().copied().max().unwrap_or(0);
    taken.fill(row + area.h);
    json!({
        "ElementId": id,
        "ElementType": kind,
        "ColumnIndex": area.x,
        "ColumnSpan": area.w,
        "RowIndex": row,
        "RowSpan": area.h,
    })
}
