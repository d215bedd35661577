//! Of whom reports are written.

use std::collections::BTreeMap;

use kiro_delivery::Audience;
use kiro_people::{MapRow, Visibility};

use crate::report_mailer::team_key;

/// A report to write: its name says of whom, and its rows are theirs alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportTarget {
    pub audience: Audience,
    pub visibility: Visibility,
}

impl ReportTarget {
    /// The report of everybody.
    pub fn fleet() -> Self {
        Self {
            audience: Audience::Fleet,
            visibility: Visibility::Everybody,
        }
    }

    /// A report for each team of the identity map, in the order of their names. Names that differ in case alone are one team.
    pub fn teams(rows: &[MapRow]) -> Vec<Self> {
        let teams: BTreeMap<String, String> = rows
            .iter()
            .filter_map(|row| row.team.clone())
            .map(|team| (team_key(&team), team))
            .filter(|(folded, _)| !folded.is_empty())
            .collect();
        let teams = teams.into_values().filter_map(|team| {
            let names = vec![team];
            let visibility = Visibility::of_teams(&names, rows)?;
            Some(Self {
                audience: Audience::Teams(names),
                visibility,
            })
        });
        teams.collect()
    }
}
