//! Decides which day a date cell means: by the calendar, by what is possible, by the export's own day, by its other rows.

use chrono::NaiveDate;

use crate::activity_date::{DateCell, DateForm};
use crate::memo::Memo;
use crate::{DateOrder, DateRules, IssueKind};

/// The day of a cell, or why it has none.
pub(crate) type DateResult = Result<NaiveDate, IssueKind>;

/// Reads the dates of one export, and keeps what they show about the order of day and month.
///
/// A result depends on the cell, the rules and [`DateRules::order`] alone, never on the rows before.
#[derive(Debug)]
pub(crate) struct DateReader {
    last: Memo<Option<DateResult>>,
    evidence: Evidence,
}

#[derive(Debug)]
struct Evidence {
    rules: DateRules,
    shown: ShownOrders,
    /// A date with slashes that nothing but other rows can settle.
    has_open: bool,
    /// A date with dashes that was read month-first, as Kiro writes it, because nothing says otherwise.
    has_assumed: bool,
}

/// The orders that settled rows have shown.
#[derive(Debug, Default)]
struct ShownOrders {
    month_first: bool,
    day_first: bool,
}

impl DateReader {
    pub(crate) fn new(rules: DateRules) -> Self {
        Self {
            last: Memo::default(),
            evidence: Evidence {
                rules,
                shown: ShownOrders::default(),
                has_open: false,
                has_assumed: false,
            },
        }
    }

    /// The day of a trimmed cell. Neighbours mostly have the same one.
    #[inline]
    pub(crate) fn read(&mut self, cell: &[u8]) -> DateResult {
        let evidence = &mut self.evidence;
        let result = self.last.get(cell, |cell| Some(evidence.read(cell)));
        result.unwrap_or(Err(IssueKind::BadDate))
    }

    /// The order that another pass needs; `None` if another pass would read the same days.
    pub(crate) fn order_for_second_pass(&self) -> Option<DateOrder> {
        let evidence = &self.evidence;
        if evidence.rules.order.is_some() {
            return None;
        }
        match (evidence.shown.month_first, evidence.shown.day_first) {
            (true, false) if evidence.has_open => Some(DateOrder::MonthFirst),
            (false, true) if evidence.has_open || evidence.has_assumed => Some(DateOrder::DayFirst),
            (true, true) if evidence.has_assumed => Some(DateOrder::Contradictory),
            _ => None,
        }
    }
}

impl Evidence {
    fn read(&mut self, cell: &[u8]) -> DateResult {
        match DateCell::parse(crate::cell::content(cell)).ok_or(IssueKind::BadDate)? {
            DateCell::Iso(day) => self.plausible(day),
            DateCell::TwoReadings {
                month_first: Some(day),
                day_first: None,
                ..
            } => self.settle(day, DateOrder::MonthFirst),
            DateCell::TwoReadings {
                month_first: None,
                day_first: Some(day),
                ..
            } => self.settle(day, DateOrder::DayFirst),
            DateCell::TwoReadings {
                form,
                month_first: Some(month_first),
                day_first: Some(day_first),
            } => self.choose(form, month_first, day_first),
            DateCell::TwoReadings { .. } => Err(IssueKind::BadDate),
        }
    }

    fn choose(
        &mut self,
        form: DateForm,
        month_first: NaiveDate,
        day_first: NaiveDate,
    ) -> DateResult {
        if month_first == day_first {
            return self.plausible(month_first);
        }
        let latest = self.rules.latest;
        match (month_first <= latest, day_first <= latest) {
            (true, false) => return self.settle(month_first, DateOrder::MonthFirst),
            (false, true) => return self.settle(day_first, DateOrder::DayFirst),
            (false, false) => return Err(IssueKind::ImplausibleDate),
            (true, true) => {}
        }
        // Never both: the two days are at least four weeks apart.
        if self.rules.is_near_own_day(month_first) {
            return self.settle(month_first, DateOrder::MonthFirst);
        }
        if self.rules.is_near_own_day(day_first) {
            return self.settle(day_first, DateOrder::DayFirst);
        }
        match (self.rules.order, form) {
            (Some(DateOrder::MonthFirst), _) => self.plausible(month_first),
            (Some(DateOrder::DayFirst), _) => self.plausible(day_first),
            (Some(DateOrder::Contradictory), _) => Err(IssueKind::AmbiguousDate),
            (None, DateForm::Dashes) => {
                self.has_assumed = true;
                self.plausible(month_first)
            }
            (None, DateForm::Slashes) => {
                self.has_open = true;
                Err(IssueKind::AmbiguousDate)
            }
        }
    }

    /// A day that no other row decides. If the row can be of this day, it shows the order of the others.
    fn settle(&mut self, day: NaiveDate, order: DateOrder) -> DateResult {
        let day = self.plausible(day)?;
        self.shown.month_first |= order == DateOrder::MonthFirst;
        self.shown.day_first |= order == DateOrder::DayFirst;
        Ok(day)
    }

    fn plausible(&self, day: NaiveDate) -> DateResult {
        if self.rules.is_plausible(day) {
            Ok(day)
        } else {
            Err(IssueKind::ImplausibleDate)
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{DateReader, DateResult};
    use crate::IssueKind::{AmbiguousDate, BadDate, ImplausibleDate};
    use crate::{DateOrder, DateRules};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Rules of an export that names its day.
    fn named(own_day: &str) -> DateRules {
        let own_day = day(own_day);
        DateRules {
            own_day: Some(own_day),
            latest: own_day.succ_opt().unwrap(),
            ..DateRules::default()
        }
    }

    /// Rules of an export that was modified on this day.
    fn modified(latest: &str) -> DateRules {
        DateRules {
            latest: day(latest),
            ..DateRules::default()
        }
    }

    fn read(rules: &DateRules, cells: &[&str]) -> Vec<DateResult> {
        let mut reader = DateReader::new(rules.clone());
        let read = |reader: &mut DateReader| -> Vec<DateResult> {
            let cells = cells.iter();
            cells.map(|cell| reader.read(cell.as_bytes())).collect()
        };
        let first = read(&mut reader);
        match reader.order_for_second_pass() {
            None => first,
            order => {
                let rules = DateRules {
                    order,
                    ..rules.clone()
                };
                let mut reader = DateReader::new(rules);
                let second = read(&mut reader);
                assert_eq!(reader.order_for_second_pass(), None);
                second
            }
        }
    }

    /// Every cell is the only row of an export.
    fn check(rules: &DateRules, cases: &[(&str, Result<&str, crate::IssueKind>)]) {
        for (cell, expected) in cases {
            let expected = (*expected).map(day);
            assert_eq!(read(rules, &[cell]), [expected], "{cell}");
        }
    }

    #[test]
    fn the_own_day_settles_a_date_with_slashes() {
        for (own, cell) in [
            ("2026-09-03", "03/09/2026"),
            ("2026-09-04", "04/09/2026"),
            ("2026-09-12", "12/09/2026"),
            ("2026-09-13", "13/09/2026"),
            ("2026-09-25", "25/09/2026"),
            ("2026-09-03", "9/3/2026"),
            ("2026-09-04", "9/3/2026"),
            ("2026-09-05", "9/3/2026 0:00"),
            ("2026-09-02", "3/9/2026"),
        ] {
            let rules = named(own);
            let found = read(&rules, &[cell])[0].unwrap();
            assert!(rules.is_near_own_day(found), "{own} {cell}: {found}");
        }
        check(
            &named("2026-09-25"),
            &[
                ("02/09/2026", Err(AmbiguousDate)),
                ("9/9/2026", Ok("2026-09-09")),
                ("13/09/2026", Ok("2026-09-13")),
                ("9/13/2026", Ok("2026-09-13")),
                ("10/09/2026", Ok("2026-09-10")),
                ("9/10/2026", Ok("2026-09-10")),
                ("30/02/2026", Err(BadDate)),
                ("31/12/2026", Err(ImplausibleDate)),
                ("11/12/2026", Err(ImplausibleDate)),
            ],
        );
    }

    #[test]
    fn dashes_are_month_first_unless_refuted() {
        check(
            &modified("2026-09-30"),
            &[
                ("07-10-2026", Ok("2026-07-10")),
                ("12-31-2025", Ok("2025-12-31")),
                ("31-12-2025", Ok("2025-12-31")),
                ("10-07-2026", Ok("2026-07-10")),
                ("10-11-2026", Err(ImplausibleDate)),
            ],
        );
        check(
            &named("2025-11-03"),
            &[
                ("11-03-2025", Ok("2025-11-03")),
                ("03-11-2025", Ok("2025-11-03")),
                ("02-01-2025", Ok("2025-02-01")),
            ],
        );
    }

    #[test]
    fn one_settled_row_settles_all_in_any_order() {
        let rules = modified("2026-12-31");
        let day_first = [Ok(day("2026-09-03")), Ok(day("2026-09-25"))];
        assert_eq!(read(&rules, &["03/09/2026", "25/09/2026"]), day_first);
        assert_eq!(read(&rules, &["03-09-2026", "25-09-2026"]), day_first);
        let month_first = [Ok(day("2026-03-09")), Ok(day("2026-09-25"))];
        assert_eq!(read(&rules, &["03/09/2026", "9/25/2026"]), month_first);
        assert_eq!(read(&rules, &["03-09-2026", "09-25-2026"]), month_first);
        // A spreadsheet changes the dates it understands and leaves the others.
        assert_eq!(read(&rules, &["03/09/2026", "09-25-2026"]), month_first);
        let mut turned = read(&rules, &["25/09/2026", "03/09/2026"]);
        turned.reverse();
        assert_eq!(turned, day_first);
    }

    #[test]
    fn without_evidence_or_with_both_kinds_a_date_is_ambiguous() {
        let rules = modified("2026-12-31");
        let ambiguous = Err(AmbiguousDate);
        assert_eq!(
            read(&rules, &["03/09/2026", "04/09/2026"]),
            [ambiguous, ambiguous]
        );
        for cells in [
            ["03/09/2026", "25/09/2026", "9/25/2026"],
            ["03-09-2026", "25/09/2026", "9/25/2026"],
        ] {
            let settled = Ok(day("2026-09-25"));
            assert_eq!(read(&rules, &cells), [ambiguous, settled, settled]);
        }
        // A date that is impossible shows nothing.
        let cells = ["03/09/2026", "25/09/2062"];
        assert_eq!(read(&rules, &cells), [ambiguous, Err(ImplausibleDate)]);
        // Nor does one whose readings are the same day, or an unambiguous form.
        assert_eq!(
            read(&rules, &["03/09/2026", "9/9/2026", "2026-09-25"])[0],
            ambiguous
        );
    }

    #[test]
    fn days_before_the_product_and_after_the_export_are_implausible() {
        check(
            &named("2026-09-15"),
            &[
                ("2026-09-16", Ok("2026-09-16")),
                ("2026-09-17", Err(ImplausibleDate)),
                ("2062-09-15", Err(ImplausibleDate)),
                ("2023-11-28", Ok("2023-11-28")),
                ("2023-11-27", Err(ImplausibleDate)),
                ("1970-01-01T00:00:00Z", Err(ImplausibleDate)),
                ("\"2026-09-15\"", Ok("2026-09-15")),
                ("2026-09-15T00:00:00.0000000Z", Ok("2026-09-15")),
                ("2026-09-15T10:00:00Z", Err(BadDate)),
                ("NULL", Err(BadDate)),
                ("", Err(BadDate)),
            ],
        );
        let contradictory = DateRules {
            order: Some(DateOrder::Contradictory),
            ..named("2026-09-15")
        };
        check(&contradictory, &[("2026-09-15", Ok("2026-09-15"))]);
    }
}
