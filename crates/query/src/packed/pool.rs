//! Deduplicates columns of packed results. Most views repeat columns of the views that they read, in the same order, and
//! the id, address and label of a user have the same codes. An equal column is stored once, while any result uses it.

use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use hashbrown::{DefaultHashBuilder, HashTable};

use super::column::PackedColumn;
use super::interner::Interner;

/// The texts and columns that the results of an engine share.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    pub(super) texts: Interner,
    columns: Mutex<Columns>,
}

#[derive(Debug, Default)]
struct Columns {
    hasher: DefaultHashBuilder,
    known: HashTable<(u64, Weak<PackedColumn>)>,
    /// Dropped columns are removed when there are this many entries.
    sweep_at: usize,
}

/// Minimum number of entries of a sweep.
const MIN_SWEEP: usize = 1 << 10;

impl Pool {
    /// Returns an equal column of the pool. Adds `column` if there is none.
    pub(super) fn column(&self, column: PackedColumn) -> Arc<PackedColumn> {
        let mut columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        let hash = columns.hasher.hash_one(&column);
        let known = columns.known.find(hash, |(known, weak)| {
            *known == hash && weak.upgrade().is_some_and(|known| *known == column)
        });
        if let Some(known) = known.and_then(|(_, weak)| weak.upgrade()) {
            return known;
        }
        if columns.known.len() >= columns.sweep_at {
            columns.known.retain(|(_, weak)| weak.strong_count() > 0);
            columns.sweep_at = (2 * columns.known.len()).max(MIN_SWEEP);
        }
        let column = Arc::new(column);
        let entry = (hash, Arc::downgrade(&column));
        columns.known.insert_unique(hash, entry, |(hash, _)| *hash);
        column
    }
}

#[cfg(test)]
mod tests {
    use arrow::buffer::NullBuffer;

    use super::*;

    #[test]
    fn equal_columns_are_one_while_any_is_in_use() {
        let pool = Pool::default();
        let first = pool.column(PackedColumn::bigint(&[1, 2, 300], None));
        let same = pool.column(PackedColumn::bigint(&[1, 2, 300], None));
        assert!(Arc::ptr_eq(&first, &same));
        let weak = Arc::downgrade(&first);
        drop((first, same));
        assert_eq!(weak.strong_count(), 0);
        let again = pool.column(PackedColumn::bigint(&[1, 2, 300], None));
        assert_eq!(Arc::strong_count(&again), 1);
    }

    #[test]
    fn columns_that_differ_in_anything_are_kept_apart() {
        let pool = Pool::default();
        let nulls = |valid: &[bool]| Some(NullBuffer::from(valid.to_vec()));
        let columns = [
            PackedColumn::bigint(&[1, 2, 3], None),
            PackedColumn::bigint(&[2, 3, 4], None),
            PackedColumn::bigint(&[1, 2, 3], nulls(&[true, true, false])),
            PackedColumn::date(&[1, 2, 3], None),
            PackedColumn::double(&[0.0, 1.0, 2.0], None),
            PackedColumn::double(&[-0.0, 1.0, 2.0], None),
            PackedColumn::double(&[-0.0, 1.0 / 3.0, 2.0], None),
            PackedColumn::double(&[0.0, 1.0 / 3.0, 2.0], None),
            PackedColumn::text(&[0, 1, 2], None),
            PackedColumn::text(&[0, 1, 2], nulls(&[false, true, true])),
        ];
        let kept: Vec<_> = columns.map(|column| pool.column(column)).into();
        for (index, column) in kept.iter().enumerate() {
            for other in &kept[..index] {
                assert!(!Arc::ptr_eq(column, other), "{column:?}");
            }
        }
    }

    #[test]
    fn unused_columns_are_removed() {
        let pool = Pool::default();
        for number in 0..10 * i64::try_from(MIN_SWEEP).unwrap() {
            pool.column(PackedColumn::bigint(&[number, number + 1], None));
        }
        assert!(pool.columns.lock().unwrap().known.len() <= MIN_SWEEP);
    }
}
