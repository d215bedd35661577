//! Registers the functions in a session.

use datafusion::error::Result;
use datafusion::execution::{FunctionRegistry, SessionState};
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};

use super::binary::{ToHex, ToUtf8};
use super::checked_sum::CheckedSum;
use super::date::{DateAdd, DateDiff, DayOfWeek};
use super::date_trunc::DateTrunc;
use super::sequence::Sequence;

/// Registers all functions.
pub(crate) fn register(state: &mut SessionState) -> Result<()> {
    for function in [
        ScalarUDF::from(ToUtf8::new()),
        ScalarUDF::from(ToHex::new()),
        ScalarUDF::from(DateDiff::new()),
        ScalarUDF::from(DateAdd::new()),
        ScalarUDF::from(DayOfWeek::new()),
        ScalarUDF::from(DateTrunc::new()),
        ScalarUDF::from(Sequence::new()),
    ] {
        state.register_udf(function.into())?;
    }
    state.register_udaf(AggregateUDF::from(CheckedSum::default()).into())?;
    Ok(())
}
