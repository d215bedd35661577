//! Reads the columns of a view from the comments beside them, and removes the comments.
//!
//! Every item of the outermost SELECT is `expression AS name,  -- type: meaning` (or `alias.name,  -- …`). The comment is on
//! the last line of the item. An item without one is an error, so every column is declared.

use crate::column::{Column, ColumnType};
use crate::error::CatalogueErrorKind;

/// A view's SQL without comments, and its columns.
pub(crate) struct ParsedView {
    pub(crate) sql: String,
    pub(crate) columns: Vec<Column>,
}

/// A text, split into code and the comment of each line.
struct Scanned {
    /// As long as the text, with its lines. Comments are blanks, and quoted text is `x`.
    code: String,
    /// The text with comments removed, literals kept.
    without_comments: String,
    comments: Vec<Option<String>>,
}

/// Reads the declarations of `text`, which has `lines_before` lines before it in its file.
pub(crate) fn read(text: &str, lines_before: usize) -> Result<ParsedView, CatalogueErrorKind> {
    let scanned = scan(text, lines_before)?;
    let mut columns: Vec<Column> = Vec::new();
    for (start, end) in select_items(&scanned.code, lines_before)? {
        let line = text[..end].matches('\n').count();
        let column = read_item(
            &text[start..end],
            scanned.comments[line].as_deref(),
            line + lines_before + 1,
        )?;
        if columns.iter().any(|other| other.name == column.name) {
            return Err(CatalogueErrorKind::DuplicateColumn {
                column: column.name,
            });
        }
        columns.push(column);
    }
    let lines = scanned
        .without_comments
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty());
    Ok(ParsedView {
        sql: lines.collect::<Vec<_>>().join("\n"),
        columns,
    })
}

fn scan(text: &str, lines_before: usize) -> Result<Scanned, CatalogueErrorKind> {
    let mut code = String::with_capacity(text.len());
    let mut without_comments = String::with_capacity(text.len());
    let mut comments = Vec::new();
    let mut quoted = false;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let mut comment = None;
        for (position, character) in line.char_indices() {
            if !quoted && line[position..].starts_with("--") {
                let rest = line[position..].trim_end_matches('\n');
                comment = Some(rest.trim_start_matches('-').trim().to_owned());
                code.push_str(&" ".repeat(rest.len()));
                if line.ends_with('\n') {
                    code.push('\n');
                    without_comments.push('\n');
                }
                break;
            }
            without_comments.push(character);
            if character == '\'' {
                quoted = !quoted;
                code.push('\'');
            } else if quoted {
                code.push_str(&"x".repeat(character.len_utf8()));
            } else {
                code.push(character);
            }
        }
        if quoted {
            return Err(CatalogueErrorKind::Unclosed {
                line: number + lines_before + 1,
            });
        }
        comments.push(comment);
    }
    Ok(Scanned {
        code,
        without_comments,
        comments,
    })
}

/// The start and end of each item of the outermost SELECT.
fn select_items(
    code: &str,
    lines_before: usize,
) -> Result<Vec<(usize, usize)>, CatalogueErrorKind> {
    let bytes = code.as_bytes();
    let mut depth = 0_usize;
    let mut start = None;
    let mut items = Vec::new();
    let mut position = 0;
    while position < bytes.len() {
        match bytes[position] {
            b'(' => depth += 1,
            b')' => {
                depth = depth
                    .checked_sub(1)
                    .ok_or_else(|| CatalogueErrorKind::Unclosed {
                        line: code[..position].matches('\n').count() + lines_before + 1,
                    })?;
            }
            b',' if depth == 0 => {
                if let Some(from) = start {
                    items.push((from, position));
                    start = Some(position + 1);
                }
            }
            first if is_word(first) => {
                let length = bytes[position..]
                    .iter()
                    .take_while(|byte| is_word(**byte))
                    .count();
                let word = &code[position..position + length];
                if depth == 0 && word.eq_ignore_ascii_case("SELECT") && start.is_none() {
                    start = Some(position + length);
                } else if depth == 0 && word.eq_ignore_ascii_case("FROM") {
                    let from = start.ok_or(CatalogueErrorKind::NoSelect)?;
                    let end = from + code[from..position].trim_end().len();
                    items.push((from, end));
                    return Ok(items);
                }
                position += length;
                continue;
            }
            _ => {}
        }
        position += 1;
    }
    Err(CatalogueErrorKind::NoSelect)
}

fn read_item(item: &str, comment: Option<&str>, line: usize) -> Result<Column, CatalogueErrorKind> {
    let last_line = item.trim_end().lines().last().unwrap_or_default();
    let name = last_line
        .rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .next()
        .filter(|name| crate::options::is_identifier(name))
        .ok_or_else(|| CatalogueErrorKind::ColumnName {
            line,
            found: last_line.trim().to_owned(),
        })?;
    let declaration = comment.unwrap_or_default();
    let (column_type, meaning) = declaration
        .split_once(": ")
        .and_then(|(column_type, meaning)| Some((ColumnType::from_sql_name(column_type)?, meaning)))
        .ok_or_else(|| CatalogueErrorKind::Declaration {
            line,
            found: declaration.to_owned(),
        })?;
    Ok(Column {
        name: name.to_owned(),
        column_type,
        meaning: meaning.to_owned(),
    })
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_from_the_outermost_select_only() {
        let sql = "WITH a AS (\n  SELECT x AS y -- bigint: inner\n  FROM t\n)\n-- a remark\nSELECT\n  EXTRACT(DAY FROM a.d) AS d,  -- bigint: the day, of course\n  COALESCE(a.text, 'it''s, -- no FROM') AS t,  -- varchar: the text\n  a.n  -- double: a number\nFROM a";
        let declared = read(sql, 1).unwrap();
        let columns: Vec<String> = declared
            .columns
            .iter()
            .map(|c| format!("{} {} {}", c.name, c.column_type, c.meaning))
            .collect();
        assert_eq!(
            columns,
            [
                "d bigint the day, of course",
                "t varchar the text",
                "n double a number"
            ]
        );
        assert!(!declared.sql.contains("remark") && declared.sql.contains("'it''s, -- no FROM'"));
    }

    #[test]
    fn a_column_without_a_declaration_is_an_error_with_its_line() {
        let kind = read("SELECT\n  a AS b,\n  c  -- bigint: c\nFROM t", 1)
            .err()
            .unwrap();
        assert_eq!(
            kind,
            CatalogueErrorKind::Declaration {
                line: 3,
                found: String::new()
            }
        );
        let kind = read("SELECT\n  a AS b  -- int: b\nFROM t", 1)
            .err()
            .unwrap();
        assert_eq!(
            kind,
            CatalogueErrorKind::Declaration {
                line: 3,
                found: "int: b".to_owned()
            }
        );
    }

    #[test]
    fn an_expression_without_a_name_is_an_error() {
        let kind = read("SELECT\n  a + (1)  -- bigint: b\nFROM t", 1)
            .err()
            .unwrap();
        assert!(matches!(
            kind,
            CatalogueErrorKind::ColumnName { line: 3, .. }
        ));
    }

    #[test]
    fn broken_text_is_an_error_and_not_a_panic() {
        for sql in [
            "",
            "SELECT",
            "SELECT 'a\nFROM t",
            ") SELECT a FROM b",
            "SELECT é FROM t",
            "FROM t",
        ] {
            assert!(read(sql, 0).is_err(), "{sql}");
        }
    }
}
