//! What rendering may change: the database, the treatment of e-mail addresses, the settings.

use crate::error::{CatalogueError, CatalogueErrorKind};
use crate::settings::Settings;
use crate::sql::text_literal;

/// How e-mail addresses reach the views.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Emails {
    /// As the export has them.
    #[default]
    Plain,
    /// Lower-case hex of `sha256(salt || lower(trim(address)))`; text that may hide an address is hashed or left out.
    Hashed { salt: String },
}

/// Everything that makes one rendered catalogue differ from another.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderOptions {
    pub database: String,
    pub emails: Emails,
    pub settings: Settings,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self {
            database: "kiro_analytics".to_owned(),
            emails: Emails::default(),
            settings: Settings::default(),
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

    /// `{name(x)}`: a column that holds a name, which some directories make of the e-mail address.
    pub(crate) fn name(&self, column: &str) -> String {
        match &self.emails {
            Emails::Plain => format!("NULLIF(trim({column}), '')"),
            Emails::Hashed { salt } => format!(
                "CASE WHEN {column} LIKE '%@%' THEN {} ELSE NULLIF(trim({column}), '') END",
                digest(salt, column)
            ),
        }
    }

    /// `{free_text(x)}`: a column whose content nobody knows.
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

/// Lower-case letters, digits and `_`, beginning with a letter: needs no quoting on any engine.
pub(crate) fn is_identifier(name: &str) -> bool {
    name.len() <= 63
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
