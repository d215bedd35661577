//! The period that a visual covers and the period before it, computed from the date parameters for each row.

use kiro_dashboard::spec::{Dataset, Grain, Time, Visual, Window};

use crate::compiler::Compiler;
use crate::control::{DATE_FROM, DATE_TO};
use crate::derived_columns::FIRST_DAY;
use crate::error::{QuickSightError, Result};
use crate::syntax::{quoted, reference};

/// The values of the period field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    Current,
    Previous,
}

impl Period {
    /// The value of the period field.
    pub(crate) const fn value(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Previous => "previous",
        }
    }

    /// The key of its text.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Current => "quicksight.current",
            Self::Previous => "column.previous",
        }
    }
}

/// Expressions of the first and last day of the window and of the window before, all included.
struct WindowBounds {
    first: String,
    last: String,
    previous_first: Option<String>,
    previous_last: String,
}

/// The chosen days, at midnight.
fn chosen() -> (String, String) {
    (
        format!("truncDate('DD', ${{{DATE_FROM}}})"),
        format!("truncDate('DD', ${{{DATE_TO}}})"),
    )
}

impl WindowBounds {
    /// The bounds as days, or as first days of months for a monthly dataset.
    fn new(time: &Time, window: Window) -> Self {
        if time.grain == Grain::Month {
            Self::of_months(window)
        } else {
            Self::of_days(window)
        }
    }

    fn of_days(window: Window) -> Self {
        let (from, to) = chosen();
        match window {
            Window::Month => {
                let before = format!("addDateTime(-1, 'MM', {to})");
                Self {
                    first: format!("truncDate('MM', {to})"),
                    previous_first: Some(format!("truncDate('MM', {before})")),
                    previous_last: before,
                    last: to,
                }
            }
            Window::Year => {
                let first = format!("addDateTime(-11, 'MM', truncDate('MM', {to}))");
                Self {
                    previous_first: Some(format!("addDateTime(-12, 'MM', {first})")),
                    previous_last: format!("addDateTime(-12, 'MM', {to})"),
                    first,
                    last: to,
                }
            }
            // As long as the chosen days. No first day: `addDateTime` takes no parameter as amount.
            Window::Range | Window::All => Self {
                previous_first: None,
                previous_last: format!("addDateTime(-1, 'DD', {from})"),
                first: from,
                last: to,
            },
        }
    }

    fn of_months(window: Window) -> Self {
        let days = Self::of_days(window);
        let month = |day: &str| format!("truncDate('MM', {day})");
        Self {
            first: month(&days.first),
            last: month(&days.last),
            previous_first: days.previous_first.as_deref().map(month),
            previous_last: month(&days.previous_last),
        }
    }
}

/// The calculated field with the period of each row: `current`, `previous` or `outside`.
pub(crate) fn period_field(
    compiler: &mut Compiler<'_>,
    dataset: &Dataset,
    visual: &Visual,
) -> Result<String> {
    let time = time_of(dataset, visual)?;
    let window = visual.window;
    let day = reference(&time.column);
    let bounds = WindowBounds::new(time, window);
    let current = format!("{day} >= {} AND {day} <= {}", bounds.first, bounds.last);
    // Without `previous` for windows that no visual compares, so that datasets have only columns that are needed.
    let name = match window {
        Window::Range | Window::All => "period of the chosen days",
        Window::Month => "period of the month",
        Window::Year => "period of the year",
    };
    if !compares(compiler, dataset, window) {
        let expression = format!("ifelse({current}, 'current', 'outside')");
        return Ok(compiler.calculated(dataset, name, &expression));
    }
    let first_day = reference(FIRST_DAY);
    let previous = match &bounds.previous_first {
        Some(first) => format!(
            "{day} >= {first} AND {day} <= {} AND {first_day} <= {first}",
            bounds.previous_last
        ),
        None if time.grain == Grain::Month => {
            let reason =
                "months cannot be compared over chosen days: use `window: month` or `year`";
            return Err(QuickSightError::unsupported(&visual.id, reason));
        }
        None => {
            let length = days_of(window);
            let from = &bounds.first;
            format!(
                "{day} < {from} AND dateDiff({day}, {from}, 'DD') <= {length} AND dateDiff({first_day}, {from}, 'DD') >= {length}"
            )
        }
    };
    let expression = format!("ifelse({current}, 'current', {previous}, 'previous', 'outside')");
    Ok(compiler.calculated(dataset, name, &expression))
}

/// The condition that the data reaches back to the first day of the period before.
///
/// It aggregates a flag of each row, as date functions take no aggregations as arguments.
pub(crate) fn reaches_back(
    compiler: &mut Compiler<'_>,
    dataset: &Dataset,
    visual: &Visual,
) -> Result<String> {
    let first_day = reference(FIRST_DAY);
    let bounds = WindowBounds::new(time_of(dataset, visual)?, visual.window);
    let condition = match &bounds.previous_first {
        Some(first) => format!("{first_day} <= {first}"),
        None => format!(
            "dateDiff({first_day}, {}, 'DD') >= {}",
            bounds.first,
            days_of(visual.window)
        ),
    };
    let name = match visual.window {
        Window::Range | Window::All => "data reaches back before the chosen days",
        Window::Month => "data reaches back before the month",
        Window::Year => "data reaches back before the year",
    };
    let flag = format!("ifelse({condition}, 1, 0)");
    let flag = compiler.calculated(dataset, name, &flag);
    Ok(format!("min({}) = 1", reference(&flag)))
}

/// Returns true if any visual compares this window of the dataset with the one before.
pub(crate) fn compares(compiler: &Compiler<'_>, dataset: &Dataset, window: Window) -> bool {
    compiler.spec.visuals().any(|visual| {
        let same_dataset = compiler
            .dataset_of(visual)
            .is_ok_and(|other| other.relation.value == dataset.relation.value);
        visual.compare && visual.window == window && same_dataset
    })
}

/// The condition that a row lies in a period.
pub(crate) fn period_condition(
    compiler: &mut Compiler<'_>,
    dataset: &Dataset,
    visual: &Visual,
    period: Period,
) -> Result<String> {
    let field = period_field(compiler, dataset, visual)?;
    Ok(format!("{} = '{}'", reference(&field), period.value()))
}

/// The number of a day in its period, from 1: the axis of a chart that compares two periods.
pub(crate) fn day_of_period(
    compiler: &mut Compiler<'_>,
    dataset: &Dataset,
    visual: &Visual,
) -> Result<String> {
    let time = time_of(dataset, visual)?;
    let period = reference(&period_field(compiler, dataset, visual)?);
    let day = reference(&time.column);
    let bounds = WindowBounds::of_days(visual.window);
    let since = |first: &str| format!("dateDiff({first}, {day}, 'DD') + 1");
    let previous = match &bounds.previous_first {
        Some(first) => since(first),
        None => format!("{} + {}", since(&bounds.first), days_of(visual.window)),
    };
    let expression = format!(
        "ifelse({period} = 'previous', {previous}, {})",
        since(&bounds.first)
    );
    let preferred = match visual.window {
        Window::Range | Window::All => "day of the chosen days",
        Window::Month => "day of the month",
        Window::Year => "day of the year",
    };
    Ok(compiler.calculated(dataset, preferred, &expression))
}

/// The calculated field with the name of each row's period.
pub(crate) fn period_name(
    compiler: &mut Compiler<'_>,
    dataset: &Dataset,
    visual: &Visual,
) -> Result<String> {
    let field = reference(&period_field(compiler, dataset, visual)?);
    let expression = format!(
        "ifelse({field} = '{}', {}, {})",
        Period::Current.value(),
        quoted(&compiler.text(Period::Current.text())),
        quoted(&compiler.text(Period::Previous.text())),
    );
    let label = compiler.text("quicksight.dates");
    Ok(compiler.calculated(dataset, &label, &expression))
}

/// The expression of the number of days of a window.
pub(crate) fn days_of(window: Window) -> String {
    let bounds = WindowBounds::of_days(window);
    length(&bounds.first, &bounds.last)
}

/// The number of days of a window since the oldest day of the data: of a row, not of a group.
pub(crate) fn days_with_data(window: Window) -> String {
    let (bounds, first_day) = (WindowBounds::of_days(window), reference(FIRST_DAY));
    let first = format!("ifelse({first_day} > {0}, {first_day}, {0})", bounds.first);
    length(&first, &bounds.last)
}

fn length(first: &str, last: &str) -> String {
    format!("(dateDiff({first}, {last}, 'DD') + 1)")
}

fn time_of<'d>(dataset: &'d Dataset, visual: &Visual) -> Result<&'d Time> {
    dataset
        .time
        .as_ref()
        .ok_or_else(|| QuickSightError::unresolved(&visual.id))
}
