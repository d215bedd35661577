//! Which groups of the directory are teams, and which ones are seats.

use std::fmt;

use wildmatch::WildMatch;

/// Patterns for names of groups: `*` is any text, `?` one character. The case of letters does not count.
#[derive(Clone, Default, PartialEq)]
pub struct GroupPatterns(Vec<WildMatch>);

/// Which groups of the directory are teams, and which ones are seats.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRules {
    /// Groups that are teams.
    pub team_groups: GroupPatterns,
    /// Groups whose members have a seat.
    pub seat_groups: GroupPatterns,
}

impl GroupPatterns {
    /// Patterns, each without blanks around it. No pattern matches no group.
    ///
    /// ```
    /// use kiro_people::GroupPatterns;
    ///
    /// let patterns = GroupPatterns::new(["team-*", "Ops"]);
    /// assert!(patterns.matches("Team-Payments") && !patterns.matches("everyone"));
    /// ```
    pub fn new(patterns: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let patterns = patterns.into_iter();
        Self(
            patterns
                .map(|pattern| WildMatch::new_case_insensitive(pattern.as_ref().trim()))
                .collect(),
        )
    }

    /// Matches every group.
    pub fn all() -> Self {
        Self::new(["*"])
    }

    /// Matches no group.
    pub fn none() -> Self {
        Self::default()
    }

    /// Returns true if no group can match.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns true if one of the patterns matches.
    pub fn matches(&self, group_name: &str) -> bool {
        let name = group_name.trim();
        self.0.iter().any(|pattern| pattern.matches(name))
    }
}

impl GroupRules {
    /// Matches the groups that are teams or seats: those to read of a directory.
    pub fn groups(&self) -> GroupPatterns {
        let GroupRules {
            team_groups: GroupPatterns(teams),
            seat_groups: GroupPatterns(seats),
        } = self;
        GroupPatterns(teams.iter().chain(seats).cloned().collect())
    }
}

impl fmt::Debug for GroupPatterns {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_list()
            .entries(self.0.iter().map(ToString::to_string))
            .finish()
    }
}

impl Default for GroupRules {
    /// Every group is a team, and no group is a seat.
    fn default() -> Self {
        Self {
            team_groups: GroupPatterns::all(),
            seat_groups: GroupPatterns::none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_whole_name() {
        let cases = [
            (vec!["team-*"], "team-a", true),
            (vec!["team-*"], "TEAM-", true),
            (vec!["team-*"], "my team-a", false),
            (vec!["*"], "", true),
            (vec!["a/*/c"], "a/b/c", true),
            (vec!["team-?"], "team-ab", false),
            (vec!["größe*"], "GRÖSSE", false),
            (vec!["größe*"], "GRÖßE 1", true),
            (vec!["x", " team "], "Team", true),
            (vec![], "team", false),
        ];
        for (patterns, name, expected) in cases {
            let found = GroupPatterns::new(&patterns).matches(name);
            assert_eq!(found, expected, "{patterns:?} {name:?}");
        }
    }

    #[test]
    fn the_groups_to_read_are_teams_and_seats() {
        let rules = GroupRules {
            team_groups: GroupPatterns::new(["team-*"]),
            seat_groups: GroupPatterns::new(["kiro users"]),
        };
        let groups = rules.groups();
        assert!(groups.matches("Team-A") && groups.matches("Kiro Users"));
        assert!(!groups.matches("everyone") && !groups.is_empty());
        assert!(GroupPatterns::none().is_empty());
    }
}
