//! Types and levels of aggregation of `QuickSight`'s expressions.
//!
//! Levels: <https://docs.aws.amazon.com/quicksight/latest/user/level-aware-calculations.html>.

use crate::syntax::{Expression, Sign, parse};

/// The type of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Number,
    Date,
    Flag,
    /// `NULL`, which fits everywhere.
    Nothing,
}

/// The aggregation level of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Constant,
    Row,
    Aggregate,
}

pub(crate) type Known = Result<(Type, Level), String>;

/// Types of columns, calculated fields and parameters, by name.
pub(crate) trait Names {
    fn column(&self, name: &str) -> Known;
    fn parameter(&self, name: &str) -> Result<Type, String>;
}

/// The type and level of an expression, or what is wrong with it.
pub(crate) fn check(expression: &str, names: &dyn Names) -> Known {
    known(&parse(expression)?, names)
}

fn known(expression: &Expression, names: &dyn Names) -> Known {
    match expression {
        Expression::Nothing => Ok((Type::Nothing, Level::Constant)),
        Expression::Number(_) => Ok((Type::Number, Level::Constant)),
        Expression::Text(_) => Ok((Type::Text, Level::Constant)),
        Expression::Column(name) => names.column(name),
        // All columns of the visual.
        Expression::Parameter(name) if name == "visualDimensions" => Ok((Type::Text, Level::Row)),
        Expression::Parameter(name) => Ok((names.parameter(name)?, Level::Constant)),
        Expression::Word(word) => Err(format!("unexpected `{word}`")),
        Expression::List(_) => Err("unexpected list".to_owned()),
        Expression::Binary(left, sign, right) => {
            binary(known(left, names)?, *sign, known(right, names)?)
        }
        Expression::Call(name, arguments) => {
            call(name, arguments, names).map_err(|problem| format!("{name}: {problem}"))
        }
    }
}

fn binary(left: (Type, Level), sign: Sign, right: (Type, Level)) -> Known {
    let level = mixed(left.1, right.1)?;
    let both = same(left.0, right.0)?;
    match sign {
        Sign::Or | Sign::And if both == Type::Flag => Ok((Type::Flag, level)),
        Sign::Or | Sign::And => Err(format!("AND and OR join conditions, found {both:?}")),
        Sign::Plus | Sign::Minus | Sign::Times | Sign::Over if both == Type::Number => {
            Ok((Type::Number, level))
        }
        Sign::Plus | Sign::Minus | Sign::Times | Sign::Over => {
            Err(format!("arithmetic of {both:?}"))
        }
        _ => Ok((Type::Flag, level)),
    }
}

fn same(a: Type, b: Type) -> Result<Type, String> {
    match (a, b) {
        (Type::Nothing, other) | (other, Type::Nothing) => Ok(other),
        (a, b) if a == b => Ok(a),
        (a, b) => Err(format!("{a:?} meets {b:?}")),
    }
}

/// Fields of rows and aggregations cannot be mixed.
fn mixed(a: Level, b: Level) -> Result<Level, String> {
    match (a.min(b), a.max(b)) {
        (Level::Row, Level::Aggregate) => Err("mixes rows and aggregations".to_owned()),
        (_, higher) => Ok(higher),
    }
}

fn call(name: &str, arguments: &[Expression], names: &dyn Names) -> Known {
    use Expression::{List, Text, Word};
    let of = |expression: &Expression| known(expression, names);
    let date = |expression: &Expression| match of(expression)? {
        (Type::Date, level) => Ok(level),
        (other, _) => Err(format!("expected a date, found {other:?}")),
    };
    match (name, arguments) {
        ("sum" | "avg" | "min" | "max" | "count" | "distinct_count", [argument]) => {
            Ok((aggregated(name, of(argument)?)?, Level::Aggregate))
        }
        // By other keys, to be aggregated again (LAC-A).
        ("sum" | "avg" | "min" | "max" | "count" | "distinct_count", [argument, List(keys)]) => {
            rows(keys, names)?;
            Ok((aggregated(name, of(argument)?)?, Level::Row))
        }
        // On each row, over the rows of its keys (LAC-W): never over an aggregation.
        (
            "sumOver" | "avgOver" | "minOver" | "maxOver" | "countOver" | "distinctCountOver",
            [argument, List(keys), Word(stage)],
        ) if stage == "PRE_AGG" || stage == "PRE_FILTER" => {
            rows(keys, names)?;
            let name = name.trim_end_matches("Over");
            Ok((aggregated(name, of(argument)?)?, Level::Row))
        }
        ("runningSum", [argument, List(order), partition @ ..])
            if !order.is_empty() && matches!(partition, [] | [List(_)]) =>
        {
            rows(order, names)?;
            match of(argument)? {
                (Type::Number, Level::Aggregate) => Ok((Type::Number, Level::Aggregate)),
                other => Err(format!("expected an aggregation, found {other:?}")),
            }
        }
        ("ifelse", [pairs @ .., rest]) if !pairs.is_empty() && pairs.len() % 2 == 0 => {
            let mut all = of(rest)?;
            for pair in pairs.chunks(2) {
                let (condition, then) = (of(&pair[0])?, of(&pair[1])?);
                if condition.0 != Type::Flag {
                    return Err(format!("{:?} is no condition", condition.0));
                }
                let level = mixed(mixed(all.1, condition.1)?, then.1)?;
                all = (same(all.0, then.0)?, level);
            }
            Ok(all)
        }
        ("coalesce", [first, others @ ..]) if !others.is_empty() => {
            let mut all = of(first)?;
            for other in others {
                let other = of(other)?;
                all = (same(all.0, other.0)?, mixed(all.1, other.1)?);
            }
            Ok(all)
        }
        ("nullIf", [first, second]) => {
            let (first, second) = (of(first)?, of(second)?);
            Ok((same(first.0, second.0)?, mixed(first.1, second.1)?))
        }
        ("isNull" | "isNotNull", [argument]) => Ok((Type::Flag, of(argument)?.1)),
        ("in" | "notIn", [argument, List(values)]) if !values.is_empty() => {
            let (value_type, level) = of(argument)?;
            for value in values {
                let (other, at) = of(value)?;
                same(value_type, other)?;
                if at != Level::Constant {
                    return Err("a list holds literals".to_owned());
                }
            }
            Ok((Type::Flag, level))
        }
        ("ceil", [argument]) => match of(argument)? {
            (Type::Number, level) => Ok((Type::Number, level)),
            (other, _) => Err(format!("expected a number, found {other:?}")),
        },
        ("now", []) | ("parseDate", [Text(_), Text(_)]) => Ok((Type::Date, Level::Constant)),
        ("truncDate", [Text(period), day]) if is_period(period) => Ok((Type::Date, date(day)?)),
        ("extract", [Text(period), day]) if is_period(period) || period == "WD" => {
            Ok((Type::Number, date(day)?))
        }
        ("addDateTime", [amount, Text(period), day]) if is_period(period) => match of(amount)? {
            (Type::Number, Level::Constant) => Ok((Type::Date, date(day)?)),
            other => Err(format!("expected a constant number, found {other:?}")),
        },
        ("dateDiff", [from, to, Text(period)]) if is_period(period) => {
            Ok((Type::Number, mixed(date(from)?, date(to)?)?))
        }
        _ => Err(format!(
            "unknown, or not with {} such arguments",
            arguments.len()
        )),
    }
}

fn is_period(period: &str) -> bool {
    ["DD", "MM", "WK", "YYYY"].contains(&period)
}

fn rows(keys: &[Expression], names: &dyn Names) -> Result<(), String> {
    for key in keys {
        if known(key, names)?.1 != Level::Row {
            return Err(format!("{key:?} is no field"));
        }
    }
    Ok(())
}

fn aggregated(name: &str, (value_type, level): (Type, Level)) -> Result<Type, String> {
    if level == Level::Aggregate {
        return Err("nested aggregation".to_owned());
    }
    match (name, value_type) {
        ("count" | "distinct_count" | "distinctCount", _) | (_, Type::Number) => Ok(Type::Number),
        ("min" | "max", Type::Date) => Ok(Type::Date),
        (_, other) => Err(format!("of {other:?}")),
    }
}

struct Sample;

impl Names for Sample {
    fn column(&self, name: &str) -> Known {
        match name {
            "day" => Ok((Type::Date, Level::Row)),
            "tier" | "user" => Ok((Type::Text, Level::Row)),
            "credits" => Ok((Type::Number, Level::Row)),
            "total" => Ok((Type::Number, Level::Aggregate)),
            _ => Err(format!("no column `{name}`")),
        }
    }

    fn parameter(&self, name: &str) -> Result<Type, String> {
        let is_known = name == "From";
        is_known
            .then_some(Type::Date)
            .ok_or_else(|| format!("no parameter `{name}`"))
    }
}

#[test]
fn expressions_have_types_and_levels() {
    for (expression, expected) in [
        ("{credits} / 2 + 1", (Type::Number, Level::Row)),
        ("sum({credits}) * 1.5", (Type::Number, Level::Aggregate)),
        (
            "avg(sum({credits}, [${visualDimensions}, {user}]))",
            (Type::Number, Level::Aggregate),
        ),
        (
            "sumOver({credits}, [{user}], PRE_AGG) >= 20",
            (Type::Flag, Level::Row),
        ),
        (
            "ifelse({day} >= truncDate('MM', ${From}), 'a', {tier} = \"it's\", 'b', NULL)",
            (Type::Text, Level::Row),
        ),
        (
            "distinct_count(ifelse({tier} = 'Pro', {user}, NULL))",
            (Type::Number, Level::Aggregate),
        ),
        (
            "runningSum({total}, [{day} ASC], [{tier}])",
            (Type::Number, Level::Aggregate),
        ),
        (
            "ceil(1.0 * 20 * (dateDiff(${From}, now(), 'DD') + 1) / 30)",
            (Type::Number, Level::Constant),
        ),
        ("addDateTime(-1, 'DD', {day})", (Type::Date, Level::Row)),
        (
            "in({tier}, ['a', 'b']) OR isNull({credits})",
            (Type::Flag, Level::Row),
        ),
    ] {
        assert_eq!(check(expression, &Sample), Ok(expected), "{expression}");
    }
}

#[test]
fn mistakes_are_found() {
    for (expression, expected) in [
        ("sum({credits}", "expected `,`"),
        ("sum({credit})", "no column `credit`"),
        ("{day} > ${To}", "no parameter `To`"),
        ("summe({credits})", "summe: unknown"),
        ("sum(avg({credits}))", "sum: nested aggregation"),
        ("sum({credits}) + {credits}", "mixes rows and aggregations"),
        (
            "sumOver(sum({credits}), [{user}], PRE_AGG)",
            "nested aggregation",
        ),
        (
            "sumOver({credits}, [{user}], SOMETIME)",
            "unknown, or not with",
        ),
        ("sum({tier})", "of Text"),
        ("{credits} = 'many'", "Number meets Text"),
        ("ifelse({credits}, 1, 2)", "is no condition"),
        ("ifelse({credits} > 1, 2)", "unknown, or not with 2"),
        (
            "addDateTime({credits}, 'DD', {day})",
            "expected a constant number",
        ),
        ("dateDiff({day}, 'DD')", "unknown, or not with 2"),
        ("truncDate('DAY', {day})", "unknown, or not with 2"),
        ("'open", "is missing"),
        ("{credits} ; 1", "unexpected `;`"),
        ("1 2", "unexpected"),
        ("", "ends too early"),
    ] {
        let problem = check(expression, &Sample).unwrap_err();
        assert!(problem.contains(expected), "{expression}: {problem}");
    }
}
