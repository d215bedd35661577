//! The rows of a batch that an aggregate reads.

use arrow::array::BooleanArray;
use arrow::buffer::{BooleanBuffer, NullBuffer};

use crate::predicate::true_values;

/// Returns the rows that are not NULL and for which the filter is true; none if these are all rows.
pub(super) fn selected_rows(
    nulls: Option<&NullBuffer>,
    filter: Option<&BooleanArray>,
) -> Option<BooleanBuffer> {
    match (filter.map(true_values), nulls.map(NullBuffer::inner)) {
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
    fn a_row_is_selected_if_it_is_not_null_and_the_filter_is_true() {
        let nulls = NullBuffer::from(vec![true, true, false, true]);
        let plain = BooleanArray::from(vec![true, false, true, true]);
        let with_null = BooleanArray::from(vec![Some(true), None, Some(true), Some(true)]);
        let indices = |nulls, filter| {
            let selected = selected_rows(nulls, filter)?;
            Some(selected.set_indices().collect::<Vec<_>>())
        };
        assert_eq!(indices(None, None), None);
        assert_eq!(indices(Some(&nulls), None), Some(vec![0, 1, 3]));
        assert_eq!(indices(None, Some(&plain)), Some(vec![0, 2, 3]));
        assert_eq!(indices(None, Some(&with_null)), Some(vec![0, 2, 3]));
        assert_eq!(indices(Some(&nulls), Some(&plain)), Some(vec![0, 3]));
    }
}
