//! Functions of Trino that the views use and `DataFusion` lacks or defines differently, under their Trino names, and
//! checked and faster aggregates.

mod binary;
mod checked_sum;
mod date;
mod date_trunc;
mod distinct_integers;
mod max_text;
mod registry;
mod selected_rows;
mod sequence;

pub(crate) use distinct_integers::CountDistinctIntegers;
pub(crate) use max_text::MaxText;
pub(crate) use registry::register;
