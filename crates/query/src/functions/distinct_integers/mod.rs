//! `count_distinct_integers(x)`: the number of distinct integers, with one bit per integer and group.
//!
//! `DataFusion` counts with a hash table over all groups, or with a second grouping that carries every other aggregate.
//! The views count user numbers and days: small integers, close to each other.

mod bit_table;
mod bits;
mod group_sets;
mod integer_set;
mod udaf;

pub(crate) use udaf::CountDistinctIntegers;
