//! The names and ARNs that a deployment gives its `QuickSight` assets.

/// The names of a deployment's assets, and the account and Region that they are in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assets {
    /// The deployment's prefix: every id begins with it.
    pub prefix: String,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    pub region: String,
    /// Twelve digits.
    pub account: String,
    /// The mode of the theme: decides the pinned colours.
    pub mode: Mode,
    /// Without it, the columns that only identity mapping fills are left out.
    pub identity_mapping: IdentityMapping,
    /// Whether a dataset of rules decides who sees which rows.
    pub row_level_security: RowLevelSecurity,
}

/// Whether the deployment copies names from the directory into `identity_map`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IdentityMapping {
    #[default]
    Off,
    On,
}

/// Whether a dataset of rules decides who sees which rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RowLevelSecurity {
    #[default]
    Off,
    On,
}

/// A light or a dark theme.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Light,
    Dark,
}

impl Mode {
    /// The `BaseThemeId` of `CreateTheme`.
    pub const fn base_theme(self) -> &'static str {
        match self {
            Self::Light => "CLASSIC",
            Self::Dark => "MIDNIGHT",
        }
    }

    /// The name in ids and settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Assets {
    /// `<prefix>-athena`.
    pub fn data_source_id(&self) -> String {
        format!("{}-athena", self.prefix)
    }

    pub fn data_source_arn(&self) -> String {
        self.arn("datasource", &self.data_source_id())
    }

    /// `<prefix>-<relation>`, with `-` for `_`.
    pub fn dataset_id(&self, relation: &str) -> String {
        format!("{}-{}", self.prefix, relation.replace('_', "-"))
    }

    pub fn dataset_arn(&self, relation: &str) -> String {
        self.arn("dataset", &self.dataset_id(relation))
    }

    /// `<prefix>-light` or `<prefix>-dark`.
    pub fn theme_id(&self) -> String {
        format!("{}-{}", self.prefix, self.mode.name())
    }

    pub fn theme_arn(&self) -> String {
        self.arn("theme", &self.theme_id())
    }

    fn arn(&self, kind: &str, id: &str) -> String {
        let Self {
            partition,
            region,
            account,
            ..
        } = self;
        format!("arn:{partition}:quicksight:{region}:{account}:{kind}/{id}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_prefix() {
        let assets = Assets {
            prefix: "kiro".to_owned(),
            partition: "aws".to_owned(),
            region: "eu-central-1".to_owned(),
            account: "123456789012".to_owned(),
            mode: Mode::Dark,
            identity_mapping: IdentityMapping::Off,
            row_level_security: RowLevelSecurity::Off,
        };
        assert_eq!(
            assets.dataset_arn("base_user_activity"),
            "arn:aws:quicksight:eu-central-1:123456789012:dataset/kiro-base-user-activity"
        );
        assert_eq!(
            assets.data_source_arn(),
            "arn:aws:quicksight:eu-central-1:123456789012:datasource/kiro-athena"
        );
        assert_eq!(assets.theme_id(), "kiro-dark");
    }
}
