//! What packed results share. Most views repeat columns of the views that they read, in the same order, and a user's id,
//! address and label have the same codes: one copy of each column is kept, for as long as a result holds it.

use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use hashbrown::{DefaultHashBuilder, HashTable};

use super::column::PackedColumn;
use super::interner::Interner;

/// The texts and columns of an engine that are alike.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    pub(super) texts: Interner,
    columns: Mutex<Columns>,
}

#[derive(Debug, Default)]
struct Columns {
    hasher: DefaultHashBuilder,
    known: HashTable<(u64, Weak<PackedColumn>)>,
    /// Columns that nothing holds any more are looked for when there are so many.
    sweep_at: usize,
}

/// Fewer columns than this are not worth a sweep.
const LEAST_SWEPT: usize = 1 << 10;

impl Pool {
    /// The same column, which is the one that is known already if there is one.
    pub(super) fn column(&self, column: PackedColumn) -> Arc<PackedColumn> {
        let mut columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        let hash = columns.hasher.hash_one(&column);
        let known = columns.known.find(hash, |(known, place)| {
            *known == hash && place.upgrade().is_some_and(|known| *known == column)
        });
        if let Some(known) = known.and_then(|(_, place)| place.upgrade()) {
            return known;
        }
        if columns.known.len() >= columns.sweep_at {
            columns.known.retain(|(_, place)| place.strong_count() > 0);
            columns.sweep_at = (2 * columns.known.len()).max(LEAST_SWEPT);
        }
        let column = Arc::new(column);
        let place = (hash, Arc::downgrade(&column));
        columns.known.insert_unique(hash, place, |(hash, _)| *hash);
        column
    }
}

#[cfg(test)]
mod tests {
    use arrow::buffer::NullBuffer;

    use super::*;

    #[test]
    fn equal_columns_are_one_as_long_as_somebody_holds_it() {
        let pool = Pool::default();
        let first = pool.column(PackedColumn::bigint(&[1, 2, 300], None));
        let same = pool.column(PackedColumn::bigint(&[1, 2, 300], None));
        assert!(Arc::ptr_eq(&first, &same));
        let place = Arc::downgrade(&first);
        drop((first, same));
        assert_eq!(place.strong_count(), 0);
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
        for (place, column) in kept.iter().enumerate() {
            for other in &kept[..place] {
                assert!(!Arc::ptr_eq(column, other), "{column:?}");
            }
        }
    }

    #[test]
    fn what_nobody_holds_is_forgotten() {
        let pool = Pool::default();
        for number in 0..10 * i64::try_from(LEAST_SWEPT).unwrap() {
            pool.column(PackedColumn::bigint(&[number, number + 1], None));
        }
        assert!(pool.columns.lock().unwrap().known.len() <= LEAST_SWEPT);
    }
}
