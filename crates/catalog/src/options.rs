//! Options of a rendering: the database, the treatment of e-mail addresses, the settings.

use crate::error::{CatalogueError, CatalogueErrorKind};
use crate::row_rules::RowRules;
use crate::settings::Settings;
use crate::sql::text_literal;

/// The treatment of e-mail addresses in the views.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Emails {
    /// As in the export.
    #[default]
    Plain,
    /// Lower-case hexadecimal `sha256(salt || lower(trim(address)))`. Text that may contain an address is hashed or NULL.
    Hashed { salt: String },
}

/// The options of a rendered catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderOptions {
    pub database: String,
    pub emails: Emails,
    pub settings: Settings,
    pub row_rules: RowRules,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self {
            database: "kiro_analytics".to_owned(),
            emails: Emails::default(),
            settings: Settings::default(),
            row_rules: RowRules::default(),
        }
    }
}

impl RenderOptions {
    pub(crate) fn check(&self) -> Result<(), CatalogueError> {
        if !is_identifier(&self.database) {
            let kind = CatalogueErrorKind::Identifier {
                found: self.database.clone(),
            };
            return Err(CatalogueError::new("database", kind));
        }
        if let Emails::Hashed { salt } = &self.emails
            && (salt.len() > 1024 || salt.chars().any(char::is_control))
        {
            return Err(CatalogueError::new("salt", CatalogueErrorKind::Salt));
        }
        let problems = self.settings.problems();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(CatalogueError::new(
                "settings",
                CatalogueErrorKind::Settings { problems },
            ))
        }
    }

    /// `{address(x)}`: a column that holds an e-mail address and nothing else.
    pub(crate) fn address(&self, column: &str) -> String {
        match &self.emails {
            Emails::Plain => format!("NULLIF(trim({column}), '')"),
            Emails::Hashed { salt } => {
                format!(
                    "CASE WHEN trim({column}) <> '' THEN {} END",
                    digest(salt, column)
                )
            }
        }
    }

    /// `{name(x)}`: a column that holds a name. Some directories use the e-mail address.
    pub(crate) fn name(&self, column: &str) -> String {
        match &self.emails {
            Emails::Plain => format!("NULLIF(trim({column}), '')"),
            Emails::Hashed { salt } => format!(
                "CASE WHEN {column} LIKE '%@%' THEN {} ELSE NULLIF(trim({column}), '') END",
                digest(salt, column)
            ),
        }
    }

    /// `{free_text(x)}`: a column of unknown content.
    pub(crate) fn free_text(&self, column: &str) -> String {
        match &self.emails {
            Emails::Plain => column.to_owned(),
            Emails::Hashed { .. } => "CAST(NULL AS varchar)".to_owned(),
        }
    }
}

fn digest(salt: &str, column: &str) -> String {
    format!(
        "lower(to_hex(sha256(to_utf8({} || lower(trim({column}))))))",
        text_literal(salt)
    )
}

/// Finds the salt in the text of a view that hashes addresses. Athena formats the views it stores, so case, quotes and blanks
/// may differ from the rendered text. `None` if the text hashes nothing, or in an unknown way.
pub fn salt_in(sql: &str) -> Option<String> {
    const BEFORE: &str = "to_utf8";
    let lower = sql.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower[from..].find(BEFORE) {
        from += found + BEFORE.len();
        let rest = sql[from..].trim_start_matches(|c: char| c.is_whitespace() || "\"(".contains(c));
        let concat = rest
            .get(..6)
            .filter(|word| word.eq_ignore_ascii_case("concat"));
        let rest = concat.map_or(rest, |word| {
            rest[word.len()..].trim_start_matches(|c: char| c.is_whitespace() || "\"(".contains(c))
        });
        let Some((literal, after)) = rest.strip_prefix('\'').and_then(literal) else {
            continue;
        };
        let after = after.trim_start();
        if after.starts_with("||") || after.starts_with(',') {
            return Some(literal);
        }
    }
    None
}

/// Parses a literal after its opening quote, and returns its value and the rest.
fn literal(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once('\'')?;
        value.push_str(part);
        match after.strip_prefix('\'') {
            Some(more) => {
                value.push('\'');
                rest = more;
            }
            None => return Some((value, after)),
        }
    }
}

/// Returns true for up to 63 lower-case letters, digits and `_`, beginning with a letter: no engine needs quotes.
pub(crate) fn is_identifier(name: &str) -> bool {
    name.len() <= 63
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_is_read_back_out_of_what_was_rendered() {
        for salt in ["", "pepper", "it's || 'quoted'"] {
            let options = RenderOptions {
                emails: Emails::Hashed {
                    salt: salt.to_owned(),
                },
                ..RenderOptions::default()
            };
            let sql = format!("SELECT {} AS email FROM t", options.address("f.email"));
            assert_eq!(salt_in(&sql).as_deref(), Some(salt));
            assert_eq!(
                salt_in(&sql.to_ascii_uppercase()),
                Some(salt.to_ascii_uppercase())
            );
        }
        assert_eq!(salt_in(&RenderOptions::default().address("f.email")), None);
    }

    #[test]
    fn a_salt_is_read_back_as_trino_formats_a_view() {
        let texts = [
            r#""lower"("to_hex"("sha256"("to_utf8"(('pep''per' || "lower"("trim"(f.email)))))))"#,
            r#""sha256"("to_utf8"("concat"('pep''per', "lower"("trim"(f.email)))))"#,
            "SHA256(TO_UTF8('pep''per' || LOWER(TRIM(f.email))))",
        ];
        for text in texts {
            assert_eq!(salt_in(text).as_deref(), Some("pep'per"), "{text}");
        }
        assert_eq!(salt_in("sha256(to_utf8('pepper'))"), None);
        assert_eq!(salt_in("sha256(to_utf8(x))"), None);
    }
}
