//! `QuickSight`'s expression language, as far as the compiler writes it: parsed, with types and levels of aggregation.
//!
//! Functions: <https://docs.aws.amazon.com/quicksight/latest/user/calculated-field-reference.html>; levels:
//! <https://docs.aws.amazon.com/quicksight/latest/user/level-aware-calculations.html>.

/// What an expression gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Number,
    Date,
    Flag,
    /// `NULL`, which fits everywhere.
    Nothing,
}

/// How far an expression is aggregated.
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
    let mut parser = Parser {
        tokens: tokens(expression)?,
        place: 0,
        names,
    };
    let known = parser.either()?;
    match parser.tokens.get(parser.place) {
        None => Ok(known),
        Some(token) => Err(format!("unexpected {token:?}")),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(String),
    Text(String),
    Column(String),
    Parameter(String),
    Word(String),
    Sign(String),
}

fn tokens(expression: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = expression.trim_start();
    while let Some(first) = rest.chars().next() {
        let until = |from: usize, end: char| {
            let found = rest.get(from..).and_then(|text| text.find(end));
            found
                .map(|place| from + place)
                .ok_or_else(|| format!("`{end}` is missing after `{rest}`"))
        };
        let (token, length) = match first {
            '\'' | '"' => {
                let end = until(1, first)?;
                (Token::Text(rest[1..end].to_owned()), end + 1)
            }
            '{' => {
                let end = until(1, '}')?;
                (Token::Column(rest[1..end].to_owned()), end + 1)
            }
            '$' if rest.starts_with("${") => {
                let end = until(2, '}')?;
                (Token::Parameter(rest[2..end].to_owned()), end + 1)
            }
            c if c.is_ascii_digit() => {
                let length = length_of(rest, |c| c.is_ascii_digit() || c == '.');
                (Token::Number(rest[..length].to_owned()), length)
            }
            c if c.is_ascii_alphabetic() => {
                let length = length_of(rest, |c| c.is_ascii_alphanumeric() || c == '_');
                (Token::Word(rest[..length].to_owned()), length)
            }
            _ => {
                let length = ["<>", ">=", "<="]
                    .into_iter()
                    .find(|sign| rest.starts_with(sign))
                    .map_or(1, str::len);
                let sign = rest.get(..length).unwrap_or_default();
                if !"()[],+-*/=<><=>=".contains(sign) || sign.is_empty() {
                    return Err(format!("unexpected `{first}`"));
                }
                (Token::Sign(sign.to_owned()), length)
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn length_of(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

struct Parser<'n> {
    tokens: Vec<Token>,
    place: usize,
    names: &'n dyn Names,
}

/// An argument of a function: a value, a list in brackets, or a word of the language.
enum Argument {
    Value(Type, Level),
    List(Vec<(Type, Level)>),
    Word(String),
    Quoted(String),
}

impl Parser<'_> {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.place).cloned();
        self.place += 1;
        token
    }

    fn takes(&mut self, sign: &str) -> bool {
        let is_next =
            matches!(self.tokens.get(self.place), Some(Token::Sign(next)) if next == sign);
        self.place += usize::from(is_next);
        is_next
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_next =
            matches!(self.tokens.get(self.place), Some(Token::Word(next)) if next == word);
        self.place += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.takes(sign) {
            return Ok(());
        }
        Err(format!(
            "expected `{sign}`, found {:?}",
            self.tokens.get(self.place)
        ))
    }

    fn either(&mut self) -> Known {
        let mut left = self.both()?;
        while self.takes_word("OR") {
            left = logical(left, self.both()?)?;
        }
        Ok(left)
    }

    fn both(&mut self) -> Known {
        let mut left = self.comparison()?;
        while self.takes_word("AND") {
            left = logical(left, self.comparison()?)?;
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Known {
        let left = self.sum()?;
        for sign in ["<>", ">=", "<=", "=", "<", ">"] {
            if self.takes(sign) {
                let right = self.sum()?;
                same(left.0, right.0)?;
                return Ok((Type::Flag, mixed(left.1, right.1)?));
            }
        }
        Ok(left)
    }

    fn sum(&mut self) -> Known {
        let mut left = self.product()?;
        while self.takes("+") || self.takes("-") {
            left = arithmetic(left, self.product()?)?;
        }
        Ok(left)
    }

    fn product(&mut self) -> Known {
        let mut left = self.single()?;
        while self.takes("*") || self.takes("/") {
            left = arithmetic(left, self.single()?)?;
        }
        Ok(left)
    }

    fn single(&mut self) -> Known {
        match self.next().ok_or("the expression ends too early")? {
            Token::Number(number) => match number.parse::<f64>() {
                Ok(_) => Ok((Type::Number, Level::Constant)),
                Err(_) => Err(format!("`{number}` is no number")),
            },
            Token::Text(_) => Ok((Type::Text, Level::Constant)),
            Token::Column(name) => self.names.column(&name),
            Token::Parameter(name) => Ok((self.names.parameter(&name)?, Level::Constant)),
            Token::Word(word) if word == "NULL" => Ok((Type::Nothing, Level::Constant)),
            Token::Word(word) if self.takes("(") => {
                let arguments = self.arguments()?;
                call(&word, &arguments).map_err(|problem| format!("{word}: {problem}"))
            }
            Token::Sign(sign) if sign == "(" => {
                let inner = self.either()?;
                self.expect(")")?;
                Ok(inner)
            }
            Token::Sign(sign) if sign == "-" => self.single(),
            other => Err(format!("unexpected {other:?}")),
        }
    }

    fn arguments(&mut self) -> Result<Vec<Argument>, String> {
        let mut arguments = Vec::new();
        if self.takes(")") {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.argument()?);
            if self.takes(")") {
                return Ok(arguments);
            }
            self.expect(",")?;
        }
    }

    fn argument(&mut self) -> Result<Argument, String> {
        if self.takes("[") {
            let mut items = Vec::new();
            while !self.takes("]") {
                if !items.is_empty() {
                    self.expect(",")?;
                }
                items.push(self.item()?);
            }
            return Ok(Argument::List(items));
        }
        let is_last = |next: Option<&Token>| matches!(next, Some(Token::Sign(sign)) if sign == "," || sign == ")");
        match (self.tokens.get(self.place), self.tokens.get(self.place + 1)) {
            (Some(Token::Word(word)), next) if is_last(next) && word != "NULL" => {
                let word = word.clone();
                self.place += 1;
                Ok(Argument::Word(word))
            }
            (Some(Token::Text(text)), next) if is_last(next) => {
                let text = text.clone();
                self.place += 1;
                Ok(Argument::Quoted(text))
            }
            _ => self
                .either()
                .map(|(value_type, level)| Argument::Value(value_type, level)),
        }
    }

    /// A field of a list, with a direction where it sorts.
    fn item(&mut self) -> Known {
        if self.tokens.get(self.place) == Some(&Token::Parameter("visualDimensions".to_owned())) {
            self.place += 1;
            return Ok((Type::Text, Level::Row));
        }
        let item = self.either()?;
        if !self.takes_word("ASC") {
            self.takes_word("DESC");
        }
        Ok(item)
    }
}

fn same(a: Type, b: Type) -> Result<Type, String> {
    match (a, b) {
        (Type::Nothing, other) | (other, Type::Nothing) => Ok(other),
        (a, b) if a == b => Ok(a),
        (a, b) => Err(format!("{a:?} meets {b:?}")),
    }
}

/// Fields of rows and aggregations do not stand side by side.
fn mixed(a: Level, b: Level) -> Result<Level, String> {
    match (a.min(b), a.max(b)) {
        (Level::Row, Level::Aggregate) => Err("mixes rows and aggregations".to_owned()),
        (_, higher) => Ok(higher),
    }
}

fn logical(a: (Type, Level), b: (Type, Level)) -> Known {
    match (a.0, b.0) {
        (Type::Flag, Type::Flag) => Ok((Type::Flag, mixed(a.1, b.1)?)),
        other => Err(format!("AND and OR join conditions, found {other:?}")),
    }
}

fn arithmetic(a: (Type, Level), b: (Type, Level)) -> Known {
    match same(a.0, b.0)? {
        Type::Number => Ok((Type::Number, mixed(a.1, b.1)?)),
        other => Err(format!("arithmetic of {other:?}")),
    }
}

const PERIODS: [&str; 4] = ["DD", "MM", "WK", "YYYY"];

fn call(name: &str, arguments: &[Argument]) -> Known {
    match name {
        "sum" | "avg" | "min" | "max" | "count" | "distinct_count" => aggregation(name, arguments),
        "sumOver" | "avgOver" | "minOver" | "maxOver" | "countOver" | "distinctCountOver" => {
            windowed(name, arguments)
        }
        "runningSum" => match arguments {
            [
                Argument::Value(Type::Number, Level::Aggregate),
                Argument::List(order),
                partition @ ..,
            ] if !order.is_empty() && matches!(partition, [] | [Argument::List(_)]) => {
                Ok((Type::Number, Level::Aggregate))
            }
            _ => Err("expected an aggregation, an order, and perhaps a partition".to_owned()),
        },
        "ifelse" => conditional(arguments),
        "coalesce" => {
            let mut known = (Type::Nothing, Level::Constant);
            for argument in arguments {
                let next = value(argument)?;
                known = (same(known.0, next.0)?, mixed(known.1, next.1)?);
            }
            if arguments.len() < 2 {
                Err("expected two arguments or more".to_owned())
            } else {
                Ok(known)
            }
        }
        "isNull" | "isNotNull" => match arguments {
            [argument] => Ok((Type::Flag, value(argument)?.1)),
            _ => Err("expected one argument".to_owned()),
        },
        "in" | "notIn" => match arguments {
            [argument, Argument::List(values)] if !values.is_empty() => {
                let (value_type, level) = value(argument)?;
                for (of, at) in values {
                    same(value_type, *of)?;
                    if *at != Level::Constant {
                        return Err("a list holds literals".to_owned());
                    }
                }
                Ok((Type::Flag, level))
            }
            _ => Err("expected a value and a list".to_owned()),
        },
        "ceil" => match arguments {
            [Argument::Value(Type::Number, level)] => Ok((Type::Number, *level)),
            _ => Err("expected a number".to_owned()),
        },
        "now" if arguments.is_empty() => Ok((Type::Date, Level::Constant)),
        "parseDate" => match arguments {
            [Argument::Quoted(_), Argument::Quoted(_)] => Ok((Type::Date, Level::Constant)),
            _ => Err("expected a text and a pattern".to_owned()),
        },
        "truncDate" | "extract" => match arguments {
            [Argument::Quoted(period), Argument::Value(Type::Date, level)]
                if PERIODS.contains(&period.as_str()) || (name == "extract" && period == "WD") =>
            {
                Ok((
                    if name == "extract" {
                        Type::Number
                    } else {
                        Type::Date
                    },
                    *level,
                ))
            }
            _ => Err("expected a period and a date".to_owned()),
        },
        "addDateTime" => match arguments {
            [
                Argument::Value(Type::Number, Level::Constant),
                Argument::Quoted(period),
                Argument::Value(Type::Date, level),
            ] if PERIODS.contains(&period.as_str()) => Ok((Type::Date, *level)),
            _ => Err("expected a constant number, a period and a date".to_owned()),
        },
        "dateDiff" => match arguments {
            [
                Argument::Value(Type::Date, a),
                Argument::Value(Type::Date, b),
                Argument::Quoted(period),
            ] if PERIODS.contains(&period.as_str()) => Ok((Type::Number, mixed(*a, *b)?)),
            _ => Err("expected two dates and a period".to_owned()),
        },
        _ => Err("unknown function".to_owned()),
    }
}

fn value(argument: &Argument) -> Known {
    match argument {
        Argument::Value(value_type, level) => Ok((*value_type, *level)),
        Argument::Quoted(_) => Ok((Type::Text, Level::Constant)),
        Argument::List(_) => Err("unexpected list".to_owned()),
        Argument::Word(word) => Err(format!("unexpected `{word}`")),
    }
}

/// By the groups of the visual; with a list at that level, to be aggregated again (LAC-A).
fn aggregation(name: &str, arguments: &[Argument]) -> Known {
    let (argument, result) = match arguments {
        [argument] => (argument, Level::Aggregate),
        [argument, Argument::List(keys)] if !keys.is_empty() => (argument, Level::Row),
        _ => return Err("expected a value, and perhaps a list of keys".to_owned()),
    };
    let (value_type, level) = value(argument)?;
    if level == Level::Aggregate {
        return Err("nested aggregation".to_owned());
    }
    Ok((aggregated(name, value_type)?, result))
}

/// On each row, over the rows of its keys (LAC-W): never over an aggregation.
fn windowed(name: &str, arguments: &[Argument]) -> Known {
    match arguments {
        [argument, Argument::List(keys), Argument::Word(stage)]
            if stage == "PRE_AGG" || stage == "PRE_FILTER" =>
        {
            let (value_type, level) = value(argument)?;
            if level == Level::Aggregate || keys.iter().any(|(_, level)| *level != Level::Row) {
                return Err("expected rows".to_owned());
            }
            Ok((
                aggregated(name.trim_end_matches("Over"), value_type)?,
                Level::Row,
            ))
        }
        _ => Err("expected a value, keys and a stage".to_owned()),
    }
}

fn aggregated(name: &str, value_type: Type) -> Result<Type, String> {
    match (name, value_type) {
        ("count" | "distinct_count" | "distinctCount", _) | (_, Type::Number) => Ok(Type::Number),
        ("min" | "max", Type::Date) => Ok(Type::Date),
        (_, other) => Err(format!("of {other:?}")),
    }
}

fn conditional(arguments: &[Argument]) -> Known {
    let pairs = || "expected pairs, and a value for everything else".to_owned();
    let [first @ .., rest] = arguments else {
        return Err(pairs());
    };
    if first.is_empty() || first.len() % 2 == 1 {
        return Err(pairs());
    }
    let mut known = value(rest)?;
    for pair in first.chunks(2) {
        let [condition, then] = pair else {
            return Err(pairs());
        };
        let (flag, at) = value(condition)?;
        if flag != Type::Flag {
            return Err(format!("{flag:?} is no condition"));
        }
        let (then, then_at) = value(then)?;
        known = (same(known.0, then)?, mixed(mixed(known.1, at)?, then_at)?);
    }
    Ok(known)
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
        if name == "From" {
            Ok(Type::Date)
        } else {
            Err(format!("no parameter `{name}`"))
        }
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
        ("summe({credits})", "summe: unknown function"),
        ("sum(avg({credits}))", "sum: nested aggregation"),
        ("sum({credits}) + {credits}", "mixes rows and aggregations"),
        (
            "sumOver(sum({credits}), [{user}], PRE_AGG)",
            "expected rows",
        ),
        ("sum({tier})", "of Text"),
        ("{credits} = 'many'", "Number meets Text"),
        ("ifelse({credits}, 1, 2)", "is no condition"),
        ("ifelse({credits} > 1, 2)", "expected pairs"),
        (
            "addDateTime({credits}, 'DD', {day})",
            "expected a constant number",
        ),
        ("dateDiff({day}, 'DD')", "expected two dates"),
        ("truncDate('DAY', {day})", "expected a period"),
        ("'open", "is missing"),
        ("{credits} ; 1", "unexpected `;`"),
        ("1 2", "unexpected"),
        ("", "ends too early"),
    ] {
        let problem = check(expression, &Sample).unwrap_err();
        assert!(problem.contains(expected), "{expression}: {problem}");
    }
}
