//! Whom Amazon Quick Sight shows what: the options of the view `row_rules`.

use serde::{Deserialize, Serialize};

use crate::sql::text_literal;

/// The entry "everybody" of a control, as a person in the view `row_rules`: every user may see this entry.
pub const EVERYBODY: &str = "(everybody)";

/// The options of the view `row_rules`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RowRules {
    pub names: UserNames,
    /// Before the name of each user: `Role/` for federated users.
    pub prefix: String,
    /// People who see everybody: user names of Quick Sight, or addresses, user names or ids of the identity map.
    pub admins: Vec<String>,
}

/// The user names of Quick Sight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserNames {
    /// There are no rules.
    #[default]
    Off,
    /// E-mail addresses.
    Email,
    /// User names of the identity map.
    Username,
}

impl RowRules {
    /// The values of the placeholders in the view.
    pub(crate) fn values(&self) -> [(&'static str, String); 3] {
        let names = match self.names {
            UserNames::Off => "off",
            UserNames::Email => "email",
            UserNames::Username => "username",
        };
        let admins = self.admins.iter().map(|admin| admin.trim());
        let mut rows: Vec<String> = admins
            .filter(|admin| self.names != UserNames::Off && !admin.is_empty())
            .map(|admin| format!("({})", text_literal(admin)))
            .collect();
        if rows.is_empty() {
            rows.push("(CAST(NULL AS varchar))".to_owned());
        }
        [
            ("row_rules_names", text_literal(names)),
            ("row_rules_prefix", text_literal(&self.prefix)),
            ("row_rules_admins", rows.join(", ")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::{EVERYBODY, RowRules, UserNames};
    use crate::{Catalogue, RenderOptions, Source};

    #[test]
    fn an_administrator_cannot_leave_the_literal() {
        let rules = RowRules {
            names: UserNames::Email,
            prefix: "it's/".to_owned(),
            admins: vec![" o'hara@example.com ".to_owned(), " ".to_owned()],
        };
        let [names, prefix, admins] = rules.values();
        assert_eq!(names.1, "'email'");
        assert_eq!(prefix.1, "'it''s/'");
        assert_eq!(admins.1, "('o''hara@example.com')");
        let off = RowRules {
            names: UserNames::Off,
            ..rules
        };
        let [.., admins] = off.values();
        assert_eq!(admins.1, "(CAST(NULL AS varchar))");
    }

    #[test]
    fn the_view_has_the_entry_everybody() {
        let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
        let relation = catalogue.relation("row_rules").unwrap();
        let Source::View { sql } = &relation.source else {
            panic!("`row_rules` is a view");
        };
        assert!(sql.contains(&format!("'{EVERYBODY}'")), "{sql}");
    }
}
