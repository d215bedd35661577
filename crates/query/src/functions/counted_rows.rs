//! Which rows of a batch an aggregate takes in.

use arrow::array::BooleanArray;
use arrow::buffer::{BooleanBuffer, NullBuffer};

use crate::condition::true_rows;

/// The rows that are not NULL and that the filter, if there is one, lets through; none = all.
pub(super) fn counted_rows(
    nulls: Option<&NullBuffer>,
    filter: Option<&BooleanArray>,
) -> Option<BooleanBuffer> {
    match (filter.map(true_rows), nulls.map(NullBuffer::inner)) {
        (None, None) => None,
        (None, Some(valid)) => Some(valid.clone()),
        (Some(filter), None) => Some(filter),
        (Some(filter), Some(valid)) => Some(&filter & valid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_counts_that_is_known_and_let_through() {
        let nulls = NullBuffer::from(vec![true, true, false, true]);
        let plain = BooleanArray::from(vec![true, false, true, true]);
        let unsure = BooleanArray::from(vec![Some(true), None, Some(true), Some(true)]);
        let places = |nulls, filter| {
            let counted = counted_rows(nulls, filter)?;
            Some(counted.set_indices().collect::<Vec<_>>())
        };
        assert_eq!(places(None, None), None);
        assert_eq!(places(Some(&nulls), None), Some(vec![0, 1, 3]));
        assert_eq!(places(None, Some(&plain)), Some(vec![0, 2, 3]));
        assert_eq!(places(None, Some(&unsure)), Some(vec![0, 2, 3]));
        assert_eq!(places(Some(&nulls), Some(&plain)), Some(vec![0, 3]));
    }
}
