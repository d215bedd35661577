//! The history, cut into runs of months. Views whose rows depend on raw rows of their own day alone are computed and
//! kept slice by slice, so that a new export costs the slices it touches and not the whole history.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use crate::footer::{Days, Footer};
use crate::packed::PackedRows;
use crate::window::{Window, month_of};

/// A slice ends with the month in which it has this many raw rows.
pub(crate) const SLICE_ROWS: usize = 400_000;

/// A place for the rows of one view in one slice.
pub(crate) type SliceCell = Arc<OnceCell<Arc<PackedRows>>>;

/// One slice and what has been computed of it.
#[derive(Debug)]
pub(crate) struct Slice {
    pub(crate) window: Window,
    kept: Mutex<HashMap<String, (u64, SliceCell)>>,
}

impl Slice {
    pub(crate) fn new(window: Window) -> Self {
        Self {
            window,
            kept: Mutex::default(),
        }
    }

    /// The place of a view's rows in this slice, where the other relations that it reads have this fingerprint.
    pub(crate) fn cell(&self, view: &str, fingerprint: u64) -> SliceCell {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.get(view) {
            Some((same, cell)) if *same == fingerprint => Arc::clone(cell),
            _ => {
                let cell = SliceCell::default();
                kept.insert(view.to_owned(), (fingerprint, Arc::clone(&cell)));
                cell
            }
        }
    }
}

/// The first days of all slices but the first: those of `before`, and new ones behind them. The windows between them
/// cover all days.
pub(crate) fn boundaries(
    before: &[i32],
    footers: impl Iterator<Item = Footer>,
    slice_rows: usize,
) -> Vec<i32> {
    let mut boundaries = before.to_vec();
    let mut months: BTreeMap<i32, usize> = BTreeMap::new();
    for footer in footers {
        if let Days::Between(first, _) = footer.days {
            *months.entry(month_of(first)).or_default() += footer.rows;
        }
    }
    let last = before.last().copied().unwrap_or(i32::MIN);
    let mut rows = 0;
    for (month, month_rows) in months.range(last..) {
        if rows >= slice_rows && *month > last {
            boundaries.push(*month);
            rows = 0;
        }
        rows += month_rows;
    }
    boundaries
}

/// The windows between boundaries.
pub(crate) fn windows(boundaries: &[i32]) -> impl Iterator<Item = Window> + '_ {
    let starts = std::iter::once(None).chain(boundaries.iter().copied().map(Some));
    let ends = boundaries
        .iter()
        .copied()
        .map(Some)
        .chain(std::iter::once(None));
    starts.zip(ends).map(|(from, to)| Window { from, to })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(first: i32, rows: usize) -> Footer {
        Footer {
            rows,
            days: Days::Between(first, first + 20),
        }
    }

    #[test]
    fn a_small_history_is_one_slice() {
        let none = boundaries(&[], (0..24).map(|index| month(index * 31, 100)), SLICE_ROWS);
        assert!(none.is_empty());
        assert_eq!(windows(&none).collect::<Vec<_>>(), [Window::default()]);
    }

    #[test]
    fn slices_end_with_a_month_and_cover_all_days() {
        let found = boundaries(
            &[],
            [
                month(0, 500_000),
                month(40, 300_000),
                month(70, 300_000),
                month(100, 1),
            ]
            .into_iter(),
            SLICE_ROWS,
        );
        assert_eq!(found, [month_of(40), month_of(100)]);
        let windows: Vec<_> = windows(&found).collect();
        assert_eq!(windows.len(), 3);
        assert_eq!((windows[0].from, windows[2].to), (None, None));
        assert!(windows.windows(2).all(|pair| pair[0].to == pair[1].from));
    }

    #[test]
    fn earlier_slices_stay_when_days_are_added() {
        let first = boundaries(
            &[],
            [month(0, 500_000), month(40, 1)].into_iter(),
            SLICE_ROWS,
        );
        let more = [
            month(0, 900_000),
            month(0, 900_000),
            month(40, 500_000),
            month(70, 1),
        ];
        let second = boundaries(&first, more.into_iter(), SLICE_ROWS);
        assert_eq!(second[..first.len()], first);
        assert_eq!(second, [month_of(40), month_of(70)]);
    }
}
