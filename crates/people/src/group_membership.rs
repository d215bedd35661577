//! The team and the seat of each user, out of the groups of the directory.

use std::collections::{HashMap, HashSet};

use crate::directory::{Directory, DirectoryGroup};
use crate::group_rules::GroupRules;

/// The teams and seats of users by canonical id.
pub(crate) struct GroupMembership<'a> {
    teams: HashMap<&'a str, &'a str>,
    seats: HashSet<&'a str>,
}

impl<'a> GroupMembership<'a> {
    /// Of several teams of a user the one with the fewest members counts, then the first by name.
    pub(crate) fn new(directory: &'a Directory, rules: &GroupRules) -> Self {
        let mut team_groups: Vec<&DirectoryGroup> = directory
            .groups
            .iter()
            .filter(|group| !group.name.trim().is_empty() && rules.team_groups.matches(&group.name))
            .collect();
        team_groups.sort_by_key(|group| (group.members.len(), &group.name, &group.group_id));
        let mut teams = HashMap::new();
        for group in team_groups {
            for member in &group.members {
                teams.entry(member.as_str()).or_insert(group.name.trim());
            }
        }
        let seat_groups = directory
            .groups
            .iter()
            .filter(|group| rules.seat_groups.matches(&group.name));
        let seats = seat_groups
            .flat_map(|group| group.members.iter().map(String::as_str))
            .collect();
        Self { teams, seats }
    }

    pub(crate) fn team(&self, id: &str) -> Option<&'a str> {
        self.teams.get(id).copied()
    }

    /// The users with a seat.
    pub(crate) fn seats(&self) -> impl Iterator<Item = &'a str> {
        self.seats.iter().copied()
    }

    pub(crate) fn has_seat(&self, id: &str) -> bool {
        self.seats.contains(id)
    }
}
