//! The names of the files of a report: what it shows, for when, of whom.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::Period;

/// Longest readable part of a team's name in a key, in bytes.
const MAX_NAME_BYTES: usize = 48;

/// Of whom a report is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    Fleet,
    /// The people of these teams.
    Teams(Vec<String>),
}

/// What distinguishes a report from all others below the same address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportName {
    pub period: Period,
    pub audience: Audience,
    /// People are replaced by pseudonyms.
    pub is_anonymous: bool,
    /// Ids of its sheets; empty: all.
    pub sheets: Vec<String>,
    /// The code of its language: `en`.
    pub language: String,
}

impl ReportName {
    /// The folder, with a `/` at its end: `weekly/2026-W48/teams/payments/`.
    pub fn folder(&self) -> String {
        let mut folder = format!("{}/{}/", self.period.folder(), self.period);
        if self.is_anonymous {
            folder += "anonymous/";
        }
        match &self.audience {
            Audience::Fleet => folder += "fleet/",
            Audience::Teams(teams) => {
                write!(folder, "teams/{}/", slug_of_teams(teams)).unwrap_or_default();
            }
        }
        folder
    }

    /// The name of the HTML file, without its folder: `kiro-2026-W48-payments.html`.
    pub fn html_file(&self) -> String {
        let mut name = format!("kiro-{}", self.period);
        if let Audience::Teams(teams) = &self.audience {
            write!(name, "-{}", slug_of_teams(teams)).unwrap_or_default();
        }
        for sheet in &self.sheets {
            write!(name, "-{}", slug(sheet)).unwrap_or_default();
        }
        name + &self.language_suffix() + ".html"
    }

    /// The folder of the CSV files in [`Self::folder`], with a `/` at its end: `csv/`.
    pub fn csv_folder(&self) -> String {
        format!("csv{}/", self.language_suffix())
    }

    fn language_suffix(&self) -> String {
        if self.language == "en" {
            return String::new();
        }
        format!("-{}", self.language)
    }
}

/// Several teams are one report, in any order.
fn slug_of_teams(teams: &[String]) -> String {
    let mut slugs: Vec<String> = teams.iter().map(|team| slug(team)).collect();
    slugs.sort();
    slugs.dedup();
    slugs.join("+")
}

/// A name in lower case with letters, digits, `-` and `_` for a blank. A name that this cannot tell from another one ends in a
/// hash. Two names have one slug only if they differ in case alone, as the names of teams may.
fn slug(name: &str) -> String {
    let folded = name.trim().to_lowercase();
    let mut slug = String::new();
    let mut is_exact = !folded.is_empty();
    for letter in folded.chars() {
        let kept = match letter {
            'a'..='z' | '0'..='9' | '-' => letter,
            ' ' => '_',
            _ => {
                is_exact = false;
                '-'
            }
        };
        if slug.len() == MAX_NAME_BYTES {
            is_exact = false;
            break;
        }
        slug.push(kept);
    }
    if is_exact {
        return slug;
    }
    let hash = hex::encode(Sha256::digest(&folded));
    // A dot is in no exact slug.
    format!("{}_.{}", slug.trim_matches('-'), &hash[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(audience: Audience) -> ReportName {
        ReportName {
            period: Period::Week {
                year: 2026,
                week: 48,
            },
            audience,
            is_anonymous: false,
            sheets: Vec::new(),
            language: "en".to_owned(),
        }
    }

    fn teams(names: &[&str]) -> Audience {
        Audience::Teams(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn a_name_says_what_for_when_and_of_whom() {
        let fleet = name(Audience::Fleet);
        assert_eq!(fleet.folder(), "weekly/2026-W48/fleet/");
        assert_eq!(fleet.html_file(), "kiro-2026-W48.html");
        assert_eq!(fleet.csv_folder(), "csv/");
        let team = ReportName {
            is_anonymous: true,
            sheets: vec!["budget".to_owned()],
            language: "ko".to_owned(),
            ..name(teams(&["Data Platform"]))
        };
        assert_eq!(
            team.folder(),
            "weekly/2026-W48/anonymous/teams/data_platform/"
        );
        assert_eq!(
            team.html_file(),
            "kiro-2026-W48-data_platform-budget-ko.html"
        );
        assert_eq!(team.csv_folder(), "csv-ko/");
        let both = name(teams(&["b", "A"])).folder();
        assert_eq!(both, "weekly/2026-W48/teams/a+b/");
        assert_eq!(both, name(teams(&["a", "B", "b"])).folder());
    }

    #[test]
    fn two_teams_never_share_a_name_and_no_name_leaves_its_folder() {
        let long = "x".repeat(60);
        let longer = "x".repeat(61);
        let names = [
            "data platform",
            "data-platform",
            "data_platform",
            "data/platform",
            "data+platform",
            "../../etc",
            ".",
            "",
            "東京",
            "大阪",
            "é",
            &long,
            &longer,
        ];
        let slugs: Vec<String> = names.iter().map(|name| slug(name)).collect();
        for (index, one) in slugs.iter().enumerate() {
            assert!(!slugs[..index].contains(one), "{one}");
            assert!(
                !one.contains(['/', '\\', '+']) && !one.starts_with('.') && one.is_ascii(),
                "{one}"
            );
            assert!(one.len() <= MAX_NAME_BYTES + 10 && !one.is_empty(), "{one}");
        }
        assert_eq!(slug("Payments"), "payments");
        assert_eq!(slug("PAYMENTS "), "payments");
    }
}
