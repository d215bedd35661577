//! Checks of conditions on columns.

use super::checker::Checker;
use crate::spec::{Comparison, Dataset, Predicate};

pub(super) fn check_predicates(
    checker: &mut Checker<'_>,
    dataset: &Dataset,
    predicates: &[Predicate],
) {
    for predicate in predicates {
        checker.column(dataset, &predicate.column);
        if let Some(other) = &predicate.other {
            checker.column(dataset, other);
        }
        let one = usize::from(predicate.value.is_some()) + usize::from(predicate.other.is_some());
        let fits = match predicate.op {
            Comparison::IsNull | Comparison::NotNull => one == 0 && predicate.values.is_empty(),
            Comparison::In | Comparison::NotIn => one == 0 && !predicate.values.is_empty(),
            _ => one == 1 && predicate.values.is_empty(),
        };
        if !fits {
            let expected = "`values` for `in` and `not_in`, nothing for `is_null` and `not_null`, else one of `value` and `other`";
            checker.expected(&predicate.column, expected, "something else");
        }
    }
}
