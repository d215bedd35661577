//! Calendar arithmetic on dates.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, Int64Array};
use arrow::datatypes::{DataType, Date32Type, Int64Type};
use chrono::{Datelike, Days, Months, NaiveDate};
use datafusion::common::{Result, ScalarValue, exec_datafusion_err, exec_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

/// A unit of the calendar.
#[derive(Debug, Clone, Copy)]
pub(super) enum DateUnit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl DateUnit {
    pub(super) fn parse(argument: Option<&ColumnarValue>) -> Result<Self> {
        let Some(ColumnarValue::Scalar(value)) = argument else {
            return exec_err!("expected a constant unit, such as 'day'");
        };
        match value
            .try_as_str()
            .flatten()
            .unwrap_or_default()
            .to_ascii_lowercase()
            .as_str()
        {
            "day" => Ok(Self::Day),
            "week" => Ok(Self::Week),
            "month" => Ok(Self::Month),
            "quarter" => Ok(Self::Quarter),
            "year" => Ok(Self::Year),
            other => exec_err!(
                "expected the unit 'day', 'week', 'month', 'quarter' or 'year', found '{other}'"
            ),
        }
    }

    /// Returns the whole units from `from` to `to`; negative if `to` is earlier.
    fn between(self, from: i32, to: i32) -> Result<i64> {
        let days = i64::from(to) - i64::from(from);
        Ok(match self {
            Self::Day => days,
            Self::Week => days / 7,
            Self::Month => months_between(from, to)?,
            Self::Quarter => months_between(from, to)? / 3,
            Self::Year => months_between(from, to)? / 12,
        })
    }

    /// Returns the first day of the unit that contains `day`. Weeks begin on Mondays.
    pub(super) fn truncate(self, day: i32) -> Result<i32> {
        let date = calendar_day(day)?;
        let first_month = match self {
            Self::Day => return Ok(day),
            Self::Week => {
                let weekday = date.weekday().num_days_from_monday();
                return Ok(day.saturating_sub_unsigned(weekday));
            }
            Self::Month => date.month0(),
            Self::Quarter => date.month0() / 3 * 3,
            Self::Year => 0,
        };
        NaiveDate::from_ymd_opt(date.year(), first_month + 1, 1)
            .map(|date| date.to_epoch_days())
            .ok_or_else(|| exec_datafusion_err!("day {day} is not on the calendar"))
    }

    /// Adds `count` units to `day`. If the month does not have the day of the month, the result is its last day.
    fn add(self, day: i32, count: i64) -> Result<i32> {
        let out_of_range = || exec_datafusion_err!("date_add leaves the calendar");
        let date = calendar_day(day)?;
        let (months, days) = match self {
            Self::Day => (0, count),
            Self::Week => (0, count.saturating_mul(7)),
            Self::Month => (count, 0),
            Self::Quarter => (count.saturating_mul(3), 0),
            Self::Year => (count.saturating_mul(12), 0),
        };
        let months_apart = u32::try_from(months.unsigned_abs()).map_err(|_| out_of_range())?;
        let moved = if months < 0 {
            date.checked_sub_months(Months::new(months_apart))
        } else {
            date.checked_add_months(Months::new(months_apart))
        };
        let days_apart = Days::new(days.unsigned_abs());
        moved
            .and_then(|date| {
                if days < 0 {
                    date.checked_sub_days(days_apart)
                } else {
                    date.checked_add_days(days_apart)
                }
            })
            .map(|date| date.to_epoch_days())
            .ok_or_else(out_of_range)
    }
}

fn calendar_day(day: i32) -> Result<NaiveDate> {
    NaiveDate::from_epoch_days(day)
        .ok_or_else(|| exec_datafusion_err!("day {day} is not on the calendar"))
}

fn months_between(from: i32, to: i32) -> Result<i64> {
    let (from, to) = (calendar_day(from)?, calendar_day(to)?);
    let month = |date: NaiveDate| i64::from(date.year()) * 12 + i64::from(date.month0());
    let months = month(to) - month(from);
    // As in Trino, the last day of a shorter month completes a month that began on a later day of the month.
    let last_day_of = |date: NaiveDate| date.with_day(date.day() + 1).is_none();
    Ok(if months > 0 && to.day() < from.day() && !last_day_of(to) {
        months - 1
    } else if months < 0 && to.day() > from.day() && !last_day_of(from) {
        months + 1
    } else {
        months
    })
}

/// `date_diff(unit, from, to)`: the whole units from one date to another.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct DateDiff {
    signature: Signature,
}

impl DateDiff {
    pub(crate) fn new() -> Self {
        Self {
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for DateDiff {
    fn name(&self) -> &'static str {
        "date_diff"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        match arg_types {
            [unit, from, to] if is_text(unit) && is_date(from) && is_date(to) => {
                Ok(vec![unit.clone(), DataType::Date32, DataType::Date32])
            }
            other => plan_err!("date_diff expects a unit and two dates, found {other:?}"),
        }
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let unit = DateUnit::parse(args.args.first())?;
        map_arguments(&args, |from, to| {
            let (from, to) = (
                from.as_primitive::<Date32Type>(),
                to.as_primitive::<Date32Type>(),
            );
            let units = from.iter().zip(to).map(|pair| match pair {
                (Some(from), Some(to)) => unit.between(from, to).map(Some),
                _ => Ok(None),
            });
            Ok(Arc::new(units.collect::<Result<Int64Array>>()?))
        })
    }
}

/// `date_add(unit, count, date)`: a date plus whole units.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct DateAdd {
    signature: Signature,
}

impl DateAdd {
    pub(crate) fn new() -> Self {
        Self {
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for DateAdd {
    fn name(&self) -> &'static str {
        "date_add"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        match arg_types {
            [unit, count, date]
                if is_text(unit) && (count.is_integer() || count.is_null()) && is_date(date) =>
            {
                Ok(vec![unit.clone(), DataType::Int64, DataType::Date32])
            }
            other => {
                plan_err!("date_add expects a unit, a whole number and a date, found {other:?}")
            }
        }
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Date32)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let unit = DateUnit::parse(args.args.first())?;
        map_arguments(&args, |counts, dates| {
            let (counts, dates) = (
                counts.as_primitive::<Int64Type>(),
                dates.as_primitive::<Date32Type>(),
            );
            let moved = counts.iter().zip(dates).map(|pair| match pair {
                (Some(count), Some(day)) => unit.add(day, count).map(Some),
                _ => Ok(None),
            });
            Ok(Arc::new(moved.collect::<Result<Date32Array>>()?))
        })
    }
}

/// `day_of_week(date)`: 1 is Monday, 7 is Sunday.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct DayOfWeek {
    signature: Signature,
}

impl DayOfWeek {
    pub(crate) fn new() -> Self {
        Self {
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for DayOfWeek {
    fn name(&self) -> &'static str {
        "day_of_week"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        match arg_types {
            [date] if is_date(date) => Ok(vec![DataType::Date32]),
            other => plan_err!("day_of_week expects one date, found {other:?}"),
        }
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        // The first day of 1970 was a Thursday.
        let weekday = |day: i32| i64::from((day.rem_euclid(7) + 3) % 7 + 1);
        match args.args.into_iter().next() {
            Some(ColumnarValue::Scalar(ScalarValue::Date32(day))) => {
                Ok(ColumnarValue::Scalar(ScalarValue::Int64(day.map(weekday))))
            }
            Some(ColumnarValue::Array(days)) => {
                let days: Int64Array = days.as_primitive::<Date32Type>().unary(weekday);
                Ok(ColumnarValue::Array(Arc::new(days)))
            }
            other => exec_err!("day_of_week expects one date, found {other:?}"),
        }
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    )
}

fn is_date(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Date32 | DataType::Null)
}

/// Applies `function` to the second and third argument; once if both are constants.
fn map_arguments(
    args: &ScalarFunctionArgs,
    function: impl Fn(&dyn Array, &dyn Array) -> Result<ArrayRef>,
) -> Result<ColumnarValue> {
    let [_, left, right] = args.args.as_slice() else {
        return exec_err!("expected three arguments, found {}", args.args.len());
    };
    let constants = matches!(
        (left, right),
        (ColumnarValue::Scalar(_), ColumnarValue::Scalar(_))
    );
    let rows = if constants { 1 } else { args.number_rows };
    let result = function(&left.to_array(rows)?, &right.to_array(rows)?)?;
    if constants {
        Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(
            &result, 0,
        )?))
    } else {
        Ok(ColumnarValue::Array(result))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> i32 {
        text.parse::<NaiveDate>().unwrap().to_epoch_days()
    }

    #[test]
    fn whole_units_between_two_dates() {
        for (unit, from, to, units) in [
            (DateUnit::Day, "2026-02-27", "2026-03-01", 2),
            (DateUnit::Day, "2024-03-01", "2024-02-28", -2),
            (DateUnit::Week, "2026-07-01", "2026-07-14", 1),
            (DateUnit::Week, "2026-07-14", "2026-07-01", -1),
            (DateUnit::Month, "2026-01-31", "2026-02-28", 1),
            (DateUnit::Month, "2026-01-15", "2026-02-14", 0),
            (DateUnit::Month, "2026-02-14", "2026-01-15", 0),
            (DateUnit::Month, "2026-07-10", "2026-05-10", -2),
            (DateUnit::Quarter, "2026-01-01", "2026-12-31", 3),
            (DateUnit::Year, "2024-02-29", "2025-02-28", 1),
            (DateUnit::Year, "2024-07-02", "2025-07-01", 0),
        ] {
            assert_eq!(
                unit.between(day(from), day(to)).unwrap(),
                units,
                "{unit:?} {from} {to}"
            );
        }
    }

    #[test]
    fn a_unit_begins_on_its_first_day() {
        for (unit, within, start) in [
            (DateUnit::Day, "2026-02-27", "2026-02-27"),
            (DateUnit::Week, "2026-11-15", "2026-11-09"),
            (DateUnit::Week, "2026-11-16", "2026-11-16"),
            (DateUnit::Week, "1969-12-31", "1969-12-29"),
            (DateUnit::Month, "2024-02-29", "2024-02-01"),
            (DateUnit::Quarter, "2026-12-31", "2026-10-01"),
            (DateUnit::Quarter, "2026-03-01", "2026-01-01"),
            (DateUnit::Year, "2024-12-31", "2024-01-01"),
        ] {
            assert_eq!(
                unit.truncate(day(within)).unwrap(),
                day(start),
                "{unit:?} {within}"
            );
        }
    }

    #[test]
    fn a_month_later_stays_within_the_month() {
        for (unit, count, from, to) in [
            (DateUnit::Day, 30, "2026-02-01", "2026-03-03"),
            (DateUnit::Day, -1, "2024-03-01", "2024-02-29"),
            (DateUnit::Week, 2, "2026-07-01", "2026-07-15"),
            (DateUnit::Month, 1, "2026-01-31", "2026-02-28"),
            (DateUnit::Month, -1, "2026-03-31", "2026-02-28"),
            (DateUnit::Quarter, 1, "2025-11-30", "2026-02-28"),
            (DateUnit::Year, 1, "2024-02-29", "2025-02-28"),
        ] {
            assert_eq!(
                unit.add(day(from), count).unwrap(),
                day(to),
                "{unit:?} {count} {from}"
            );
        }
        assert!(DateUnit::Day.add(0, i64::MAX).is_err());
    }
}
