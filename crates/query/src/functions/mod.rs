//! Functions of Trino that the views use and `DataFusion` lacks or spells differently, under their Trino names, and
//! faster ways of counting and comparing.

mod binary;
mod counted_rows;
mod date;
mod date_trunc;
mod distinct_integers;
mod max_text;
mod sequence;

use datafusion::error::Result;
use datafusion::execution::FunctionRegistry;
use datafusion::execution::SessionState;
use datafusion::logical_expr::ScalarUDF;

pub(crate) use distinct_integers::CountDistinctIntegers;
pub(crate) use max_text::MaxText;

/// Registers them all.
pub(crate) fn register(state: &mut SessionState) -> Result<()> {
    for function in [
        ScalarUDF::from(binary::ToUtf8::new()),
        ScalarUDF::from(binary::ToHex::new()),
        ScalarUDF::from(date::DateDiff::new()),
        ScalarUDF::from(date::DateAdd::new()),
        ScalarUDF::from(date::DayOfWeek::new()),
        ScalarUDF::from(date_trunc::DateTrunc::new()),
        ScalarUDF::from(sequence::Sequence::new()),
    ] {
        state.register_udf(function.into())?;
    }
    Ok(())
}
