//! Who may see whom.

use std::collections::BTreeSet;

use crate::key::{fold, person_id};
use crate::map_row::MapRow;
use crate::person::PersonStatus;
use crate::seen_user::{SeenUser, SeenUsers};

/// The persons that a viewer may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visibility {
    Everybody,
    /// These, by canonical id.
    Persons(BTreeSet<String>),
}

impl Visibility {
    /// What a viewer may see, by address, user name or id: an administrator everybody; all others themselves, the people who
    /// have them as manager, and the teams of these people. Whoever is in neither map nor data sees nobody.
    pub fn of_viewer(viewer: &str, admins: &[String], rows: &[MapRow], seen: &[SeenUser]) -> Self {
        let seen = SeenUsers::new(seen);
        let name = fold(viewer);
        let id = person_id(viewer);
        let is_name = |text: &Option<String>| text.as_deref().map(fold).as_ref() == Some(&name);
        let is_viewer = |row: &&MapRow| {
            row.status != PersonStatus::Forgotten
                && !name.is_empty()
                && (Some(&row.user_id) == id.as_ref()
                    || is_name(&row.email)
                    || is_name(&row.username))
        };
        let own_rows: Vec<&MapRow> = rows.iter().filter(is_viewer).collect();
        // What a cell `manager` and the list of administrators call the viewer.
        let mut names = BTreeSet::from([name.clone()]);
        for row in &own_rows {
            let texts = [
                Some(&row.user_id),
                row.email.as_ref(),
                row.username.as_ref(),
            ];
            names.extend(texts.into_iter().flatten().map(|text| fold(text)));
        }
        names.remove("");
        if admins.iter().any(|admin| names.contains(&fold(admin))) {
            return Self::Everybody;
        }
        let is_managed = |row: &&MapRow| {
            let manager = row.manager.as_deref().map(fold);
            manager.is_some_and(|manager| names.contains(&manager))
        };
        let managed: Vec<&MapRow> = rows.iter().filter(is_managed).collect();
        let teams: BTreeSet<&str> = managed
            .iter()
            .filter_map(|row| row.team.as_deref())
            .collect();
        let of_teams = rows
            .iter()
            .filter(|row| row.team.as_deref().is_some_and(|team| teams.contains(team)));
        let mut persons: BTreeSet<String> = own_rows
            .iter()
            .chain(&managed)
            .copied()
            .chain(of_teams)
            .map(|row| row.user_id.clone())
            .collect();
        let has_row: BTreeSet<&str> = rows.iter().map(|row| row.user_id.as_str()).collect();
        // A user without a row is known by the id and the newest address of the exports: an older one may be that of another
        // person now.
        let own_users = seen.ids().filter(|user| {
            !has_row.contains(user)
                && (Some(*user) == id.as_deref() || seen.emails(user).first() == Some(&name))
        });
        persons.extend(own_users.map(str::to_owned));
        Self::Persons(persons)
    }

    /// The people of teams, by the names of the teams without regard to case. `None` if a team has nobody.
    pub fn of_teams(teams: &[String], rows: &[MapRow]) -> Option<Self> {
        let mut persons = BTreeSet::new();
        for team in teams {
            let name = fold(team);
            let of_team = rows
                .iter()
                .filter(|row| row.team.as_deref().map(fold).as_ref() == Some(&name));
            let before = persons.len();
            persons.extend(of_team.map(|row| row.user_id.clone()));
            if persons.len() == before {
                return None;
            }
        }
        Some(Self::Persons(persons))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::PersonSource;

    fn row(id: &str, team: Option<&str>, manager: Option<&str>) -> MapRow {
        MapRow {
            email: Some(format!("{id}@example.com")),
            username: Some(format!("login-{id}")),
            team: team.map(str::to_owned),
            manager: manager.map(str::to_owned),
            ..MapRow::new(id.to_owned(), PersonStatus::Active, PersonSource::Roster)
        }
    }

    /// Ann leads Payments, where Bob and Cy are; Dan is in Platform under Eve, who is in no team; Flo has left without a team.
    fn rows() -> Vec<MapRow> {
        vec![
            row("ann", Some("Payments"), Some("eve@example.com")),
            row("bob", Some("Payments"), Some("ANN@example.com")),
            row("cy", Some("Payments"), None),
            row("dan", Some("Platform"), Some("login-eve")),
            row("eve", None, None),
            row("flo", None, Some("eve")),
            row("gus", Some("Other"), None),
        ]
    }

    fn visible(viewer: &str) -> Vec<String> {
        let seen = [SeenUser {
            user_id: "okta-1".to_owned(),
            email: Some("Hal@Example.com".to_owned()),
        }];
        match Visibility::of_viewer(viewer, &["root@example.com".to_owned()], &rows(), &seen) {
            Visibility::Everybody => vec!["*".to_owned()],
            Visibility::Persons(persons) => persons.into_iter().collect(),
        }
    }

    #[test]
    fn a_manager_sees_teams_and_all_others_themselves() {
        let cases: [(&str, &[&str]); 9] = [
            ("ann@example.com", &["ann", "bob", "cy"]),
            ("LOGIN-ANN ", &["ann", "bob", "cy"]),
            ("bob", &["bob"]),
            ("cy@example.com", &["cy"]),
            // Manages Ann and Dan, of two teams, and Flo, of none.
            (
                "eve@example.com",
                &["ann", "bob", "cy", "dan", "eve", "flo"],
            ),
            ("hal@example.com", &["okta-1"]),
            ("nobody@example.com", &[]),
            ("", &[]),
            ("Root@example.com", &["*"]),
        ];
        for (viewer, expected) in cases {
            assert_eq!(visible(viewer), expected, "{viewer:?}");
        }
    }

    #[test]
    fn a_team_has_its_people_and_an_unknown_one_nobody() {
        let teams = |teams: &[&str]| {
            let teams: Vec<String> = teams.iter().map(|team| (*team).to_owned()).collect();
            Visibility::of_teams(&teams, &rows())
        };
        let persons = |ids: &[&str]| {
            let ids = ids.iter().map(|id| (*id).to_owned());
            Some(Visibility::Persons(ids.collect()))
        };
        assert_eq!(teams(&["payments"]), persons(&["ann", "bob", "cy"]));
        assert_eq!(teams(&["Platform", "Other"]), persons(&["dan", "gus"]));
        assert_eq!(teams(&["Platform", "None"]), None);
        assert_eq!(teams(&[""]), None);
    }

    #[test]
    fn an_older_address_shows_nothing() {
        let seen = ["new@example.com", "older@example.com"].map(|email| SeenUser {
            user_id: "u-9".to_owned(),
            email: Some(email.to_owned()),
        });
        let visible = |viewer| Visibility::of_viewer(viewer, &[], &[], &seen);
        let own = Visibility::Persons(BTreeSet::from(["u-9".to_owned()]));
        assert_eq!(visible("new@example.com"), own);
        assert_eq!(
            visible("older@example.com"),
            Visibility::Persons(BTreeSet::new())
        );
    }
}
