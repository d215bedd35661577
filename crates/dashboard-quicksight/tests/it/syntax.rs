//! A parser of the part of `QuickSight`'s expression language that the compiler uses.
//!
//! <https://docs.aws.amazon.com/quicksight/latest/user/calculated-field-reference.html>

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    Nothing,
    Number(f64),
    Text(String),
    Column(String),
    Parameter(String),
    /// A word of the language, such as a stage of calculation.
    Word(String),
    /// Fields in brackets.
    List(Vec<Expression>),
    Call(String, Vec<Expression>),
    Binary(Box<Expression>, Sign, Box<Expression>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    Plus,
    Minus,
    Times,
    Over,
}

/// By precedence, lowest first.
const BINDING: [&[(&str, Sign)]; 5] = [
    &[("OR", Sign::Or)],
    &[("AND", Sign::And)],
    &[
        ("<>", Sign::Unequal),
        (">=", Sign::AtLeast),
        ("<=", Sign::AtMost),
        ("=", Sign::Equal),
        ("<", Sign::Less),
        (">", Sign::More),
    ],
    &[("+", Sign::Plus), ("-", Sign::Minus)],
    &[("*", Sign::Times), ("/", Sign::Over)],
];

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64),
    Text(String),
    Column(String),
    Parameter(String),
    Word(String),
    Sign(String),
}

/// Parses an expression.
pub(crate) fn parse(expression: &str) -> Result<Expression, String> {
    let mut parser = Parser {
        tokens: tokens(expression)?,
        place: 0,
    };
    let tree = parser.binary(0)?;
    match parser.tokens.get(parser.place) {
        None => Ok(tree),
        Some(token) => Err(format!("unexpected {token:?}")),
    }
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
                let number = rest[..length].parse();
                let number = number.map_err(|_| format!("`{}` is no number", &rest[..length]))?;
                (Token::Number(number), length)
            }
            c if c.is_ascii_alphabetic() => {
                let length = length_of(rest, |c| c.is_ascii_alphanumeric() || c == '_');
                (Token::Word(rest[..length].to_owned()), length)
            }
            _ => {
                let signs = [
                    "<>", ">=", "<=", "(", ")", "[", "]", ",", "+", "-", "*", "/", "=", "<", ">",
                ];
                let sign = signs.into_iter().find(|sign| rest.starts_with(sign));
                let sign = sign.ok_or_else(|| format!("unexpected `{first}`"))?;
                (Token::Sign(sign.to_owned()), sign.len())
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

struct Parser {
    tokens: Vec<Token>,
    place: usize,
}

impl Parser {
    fn takes(&mut self, wanted: &str) -> bool {
        let is_next = match self.tokens.get(self.place) {
            Some(Token::Sign(next) | Token::Word(next)) => next == wanted,
            _ => false,
        };
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

    fn binary(&mut self, level: usize) -> Result<Expression, String> {
        let Some(signs) = BINDING.get(level) else {
            return self.single();
        };
        let mut left = self.binary(level + 1)?;
        while let Some((_, sign)) = signs.iter().find(|(text, _)| self.takes(text)) {
            let right = self.binary(level + 1)?;
            left = Expression::Binary(Box::new(left), *sign, Box::new(right));
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<Expression, String> {
        let token = self.tokens.get(self.place).cloned();
        self.place += 1;
        match token.ok_or("the expression ends too early")? {
            Token::Number(number) => Ok(Expression::Number(number)),
            Token::Text(text) => Ok(Expression::Text(text)),
            Token::Column(name) => Ok(Expression::Column(name)),
            Token::Parameter(name) => Ok(Expression::Parameter(name)),
            Token::Word(word) if word == "NULL" => Ok(Expression::Nothing),
            Token::Word(word) if self.takes("(") => {
                let arguments = self.items(")")?;
                Ok(Expression::Call(word, arguments))
            }
            Token::Word(word) => Ok(Expression::Word(word)),
            Token::Sign(sign) if sign == "(" => {
                let inner = self.binary(0)?;
                self.expect(")")?;
                Ok(inner)
            }
            Token::Sign(sign) if sign == "[" => Ok(Expression::List(self.items("]")?)),
            Token::Sign(sign) if sign == "-" => {
                let zero = Box::new(Expression::Number(0.0));
                Ok(Expression::Binary(
                    zero,
                    Sign::Minus,
                    Box::new(self.single()?),
                ))
            }
            Token::Sign(other) => Err(format!("unexpected `{other}`")),
        }
    }

    /// Items up to the closing sign, each with an optional direction of a sort.
    fn items(&mut self, end: &str) -> Result<Vec<Expression>, String> {
        let mut items = Vec::new();
        while !self.takes(end) {
            if !items.is_empty() {
                self.expect(",")?;
            }
            items.push(self.binary(0)?);
            if !self.takes("ASC") {
                self.takes("DESC");
            }
        }
        Ok(items)
    }
}

#[test]
fn signs_bind_as_they_do_everywhere() {
    let tree = parse("1 + 2 * 3 >= 4 AND {a} = 'b' OR x(1)").unwrap();
    let Expression::Binary(left, Sign::Or, _) = tree else {
        panic!("{tree:?}");
    };
    let Expression::Binary(left, Sign::And, _) = *left else {
        panic!("{left:?}");
    };
    let Expression::Binary(left, Sign::AtLeast, _) = *left else {
        panic!("{left:?}");
    };
    assert!(matches!(*left, Expression::Binary(_, Sign::Plus, _)));
}
