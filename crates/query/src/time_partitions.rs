//! The history, divided into time partitions of whole months.
//!
//! A view that declares `-- by day: yes` is computed and cached per time partition, so that a new export costs the
//! partitions that it touches and not the whole history.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use crate::date_range::{DateRange, month_start};
use crate::footer::{DayRange, Footer};
use crate::packed::PackedRows;
use crate::parts::Part;

/// A time partition ends with the month in which it reaches this number of raw rows.
pub(crate) const TIME_PARTITION_ROWS: usize = 400_000;

/// The rows of one view in one time partition, computed at most once.
pub(crate) type RowsCell = Arc<OnceCell<Arc<PackedRows>>>;

/// One time partition and the views computed for it.
#[derive(Debug)]
pub(crate) struct TimePartition {
    pub(crate) range: DateRange,
    /// By view: the fingerprint of what else it read, and its rows.
    views: Mutex<HashMap<String, (u64, RowsCell)>>,
}

impl TimePartition {
    fn new(range: DateRange) -> Self {
        Self {
            range,
            views: Mutex::default(),
        }
    }

    /// Returns the cell of a view's rows. `fingerprint` identifies the contents of the other relations that the view
    /// reads; another fingerprint starts an empty cell.
    pub(crate) fn cell(&self, view: &str, fingerprint: u64) -> RowsCell {
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        match views.get(view) {
            Some((same, cell)) if *same == fingerprint => Arc::clone(cell),
            _ => {
                let cell = RowsCell::default();
                views.insert(view.to_owned(), (fingerprint, Arc::clone(&cell)));
                cell
            }
        }
    }
}

/// The time partitions of one snapshot, in the order of their days.
#[derive(Debug, Clone)]
pub(crate) struct TimePartitions {
    boundaries: Vec<i32>,
    pub(crate) partitions: Vec<Arc<TimePartition>>,
}

/// The time partitions of the previous snapshot, and the parts that have changed since.
pub(crate) struct PreviousPartitions {
    pub(crate) partitions: TimePartitions,
    pub(crate) changed: Vec<Arc<Part>>,
}

impl PreviousPartitions {
    /// Returns the partition of these days, unless a changed part may have rows in it.
    fn unchanged(&self, range: DateRange) -> Option<&Arc<TimePartition>> {
        let is_touched = self.changed.iter().any(|part| {
            part.footer
                .get()
                .is_none_or(|footer| range.overlaps(*footer))
        });
        let mut partitions = self.partitions.partitions.iter();
        partitions.find(|partition| partition.range == range && !is_touched)
    }
}

impl TimePartitions {
    /// Divides the days of `footers` that are in `range`. Keeps the boundaries of `previous`, and its partitions that
    /// have not changed.
    pub(crate) fn new(
        previous: Option<&PreviousPartitions>,
        footers: impl Iterator<Item = Footer>,
        range: DateRange,
        partition_rows: usize,
    ) -> Self {
        let boundaries = boundaries(
            previous.map_or(&[], |previous| previous.partitions.boundaries.as_slice()),
            footers,
            partition_rows,
        );
        let partitions = ranges(&boundaries)
            .filter(|partition| !range.intersect(*partition).is_empty())
            .map(|partition| {
                let unchanged = previous.and_then(|previous| previous.unchanged(partition));
                unchanged.map_or_else(|| Arc::new(TimePartition::new(partition)), Arc::clone)
            })
            .collect();
        Self {
            boundaries,
            partitions,
        }
    }
}

/// Returns the first day of every partition but the first: those of `previous`, then new ones.
fn boundaries(
    previous: &[i32],
    footers: impl Iterator<Item = Footer>,
    partition_rows: usize,
) -> Vec<i32> {
    let mut boundaries = previous.to_vec();
    let mut months: BTreeMap<i32, usize> = BTreeMap::new();
    for footer in footers {
        if let DayRange::Between(first, _) = footer.days {
            *months.entry(month_start(first)).or_default() += footer.rows;
        }
    }
    let last = previous.last().copied().unwrap_or(i32::MIN);
    let mut rows = 0;
    for (month, month_rows) in months.range(last..) {
        if rows >= partition_rows && *month > last {
            boundaries.push(*month);
            rows = 0;
        }
        rows += month_rows;
    }
    boundaries
}

/// Returns the ranges between boundaries. Together they contain all days.
fn ranges(boundaries: &[i32]) -> impl Iterator<Item = DateRange> + '_ {
    let days = boundaries.iter().copied().map(Some);
    let starts = std::iter::once(None).chain(days.clone());
    let ends = days.chain(std::iter::once(None));
    starts
        .zip(ends)
        .map(|(start, end)| DateRange { start, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(first: i32, rows: usize) -> Footer {
        Footer {
            rows,
            days: DayRange::Between(first, first + 20),
        }
    }

    #[test]
    fn a_small_history_is_one_partition() {
        let months = (0..24).map(|index| month(index * 31, 100));
        let none = boundaries(&[], months, TIME_PARTITION_ROWS);
        assert!(none.is_empty());
        assert_eq!(ranges(&none).collect::<Vec<_>>(), [DateRange::default()]);
    }

    #[test]
    fn partitions_end_with_a_month_and_contain_all_days() {
        let months = [
            month(0, 500_000),
            month(40, 300_000),
            month(70, 300_000),
            month(100, 1),
        ];
        let found = boundaries(&[], months.into_iter(), TIME_PARTITION_ROWS);
        assert_eq!(found, [month_start(40), month_start(100)]);
        let ranges: Vec<_> = ranges(&found).collect();
        assert_eq!(ranges.len(), 3);
        assert_eq!((ranges[0].start, ranges[2].end), (None, None));
        assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
    }

    #[test]
    fn earlier_partitions_stay_when_days_are_added() {
        let months = [month(0, 500_000), month(40, 1)];
        let first = boundaries(&[], months.into_iter(), TIME_PARTITION_ROWS);
        let more = [
            month(0, 900_000),
            month(0, 900_000),
            month(40, 500_000),
            month(70, 1),
        ];
        let second = boundaries(&first, more.into_iter(), TIME_PARTITION_ROWS);
        assert_eq!(second[..first.len()], first);
        assert_eq!(second, [month_start(40), month_start(70)]);
    }
}
