//! The rules for Quick Sight, read as AWS documents them, against what a viewer may see.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

use kiro_catalog::{RenderOptions, RowRules, UserNames};
use kiro_people::{MapRow, PersonSource, PersonStatus, SeenUser, Visibility, write_map};
use kiro_query::{Engine, EngineOptions, ResultFormat};
use serde::Deserialize;
use tempfile::TempDir;

use crate::fixture::normalize_into;

/// The admin of every case, who is in no map.
const ROOT: &str = "root@example.com";
/// An entry of a control, which is no person.
const EVERYBODY: &str = "(everybody)";

/// One rule. A column without a value allows all values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Rule {
    user_name: String,
    person_id: Option<String>,
    team: Option<String>,
}

/// The values of a cell: separated by commas, except in double quotation marks.
fn values(cell: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut is_quoted = false;
    for letter in cell.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => values.push(String::new()),
            letter => values.last_mut().unwrap().push(letter),
        }
    }
    values
}

impl Rule {
    fn allows(&self, person: &str, team: Option<&str>) -> bool {
        let matches = |cell: &Option<String>, found: Option<&str>| match cell {
            None => true,
            Some(cell) => found.is_some_and(|found| values(cell).iter().any(|one| one == found)),
        };
        matches(&self.person_id, Some(person)) && matches(&self.team, team)
    }
}

/// People as a map has them, and users of the data.
struct People {
    rows: Vec<MapRow>,
    seen: Vec<SeenUser>,
}

impl People {
    /// The rules that the view has for these people.
    async fn rules(&self, names: UserNames) -> Vec<Rule> {
        let (data, exports) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let mut csv = "Date,UserId,Client_Type,User_Email,Total_Messages\n".to_owned();
        for user in &self.seen {
            let email = user.email.as_deref().unwrap_or_default();
            let id = &user.user_id;
            writeln!(csv, "2026-07-30,{id},KIRO_IDE,{email},1").unwrap();
        }
        fs::write(exports.path().join("report.csv"), csv).unwrap();
        let at = "2026-08-01T00:00:00Z".parse().unwrap();
        normalize_into(exports.path(), data.path(), at).await;
        let identity = data.path().join("identity");
        fs::create_dir_all(&identity).unwrap();
        fs::write(
            identity.join("people.parquet"),
            write_map(&self.rows).unwrap(),
        )
        .unwrap();
        let row_rules = RowRules {
            names,
            prefix: String::new(),
            admins: vec![ROOT.to_owned(), "admin-1".to_owned()],
        };
        let render = RenderOptions {
            row_rules,
            ..RenderOptions::default()
        };
        let engine = Engine::open(EngineOptions {
            data: data.path().to_owned(),
            render,
            since: None,
            until: None,
        });
        let rows = engine.unwrap().query("SELECT * FROM row_rules").await;
        let mut json = Vec::new();
        let written = ResultFormat::Json.write(rows.unwrap(), &mut json).await;
        written.unwrap();
        serde_json::from_slice(&json).unwrap()
    }

    /// Every person of the map and the data, with the team.
    fn everybody(&self) -> BTreeMap<String, Option<&str>> {
        let seen = self.seen.iter().map(|user| (user.user_id.clone(), None));
        let of_map = self.rows.iter();
        let of_map = of_map.map(|row| (row.user_id.clone(), row.team.as_deref()));
        seen.chain(of_map).collect()
    }

    /// Compares the rules of a user with what a viewer of that name may see.
    fn compare(&self, rules: &[Rule], user: &str) {
        let of_user = || rules.iter().filter(|rule| rule.user_name == user);
        assert!(of_user().count() <= 999);
        let everybody = self.everybody();
        let by_rules: BTreeSet<&str> = everybody
            .iter()
            .filter(|(person, team)| of_user().any(|rule| rule.allows(person, **team)))
            .map(|(person, _)| person.as_str())
            .collect();
        let admins = [ROOT.to_owned(), "admin-1".to_owned()];
        let expected = match Visibility::of_viewer(user, &admins, &self.rows, &self.seen) {
            Visibility::Everybody => everybody.keys().cloned().collect(),
            Visibility::Persons(persons) => persons,
        };
        let expected: BTreeSet<&str> = expected.iter().map(String::as_str).collect();
        assert_eq!(by_rules, expected, "{user} of {:#?}", self.texts());
    }

    /// The map as lines, for a failure.
    fn texts(&self) -> Vec<String> {
        let lines = self.rows.iter().map(|row| {
            let texts = [&row.email, &row.username, &row.team, &row.manager];
            let status = row.status.as_str();
            format!("{} {texts:?} {status}", row.user_id)
        });
        lines.collect()
    }
}

/// Numbers that look random: the same for the same seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts[self.below(texts.len())]
    }
}

/// People with names and teams that are easy to get wrong.
fn people(seed: u64) -> People {
    let numbers = &mut Numbers(seed);
    let teams = [
        "Payments",
        "payments",
        "Sales, EMEA",
        "Sales",
        "EMEA",
        "The \"A\" team",
        "A",
        "\"Sales\"",
        "it's, \"so\"",
        EVERYBODY,
        "NULL",
    ];
    let count = 3 + numbers.below(10);
    let mut rows = Vec::new();
    for number in 0..count {
        let id = match numbers.below(4) {
            0 => format!("roster:user-{number}@example.com"),
            1 => format!("user,{number}"),
            _ => format!("id-{number}"),
        };
        let is_forgotten = numbers.below(8) == 0;
        let email = (numbers.below(5) > 0).then(|| format!("User-{number}@Example.com"));
        let username = match numbers.below(4) {
            0 => None,
            1 => email.clone(),
            _ => Some(format!("Login{number}")),
        };
        let team = (numbers.below(4) > 0).then(|| numbers.one(&teams).to_owned());
        let other = numbers.below(count + 2);
        let manager = match numbers.below(6) {
            0 | 1 => None,
            2 => Some(format!("USER-{other}@example.com")),
            3 => Some(format!("login{other}")),
            4 => Some(format!("id-{other}")),
            _ => Some("Boss@Example.com".to_owned()),
        };
        let status = match (is_forgotten, numbers.below(5)) {
            (true, _) => PersonStatus::Forgotten,
            (false, 0) => PersonStatus::Left,
            (false, _) => PersonStatus::Active,
        };
        let known = |text: Option<String>| text.filter(|_| !is_forgotten);
        rows.push(MapRow {
            user_id: id,
            username: known(username),
            display_name: Some(format!("Person {number}")),
            email: known(email),
            team: known(team),
            cost_center: None,
            manager: known(manager),
            status,
            source: PersonSource::Roster,
            is_seat: true,
            attributes: BTreeMap::new(),
        });
    }
    let unnamed = (0..3).map(|number| SeenUser {
        user_id: format!("okta-{number}"),
        email: (number > 0).then(|| format!("Okta-{number}@example.com")),
    });
    let in_data = rows.iter().filter(|row| row.user_id.starts_with("id-"));
    let in_data = in_data.map(|row| SeenUser {
        user_id: row.user_id.clone(),
        email: None,
    });
    People {
        seen: unnamed.chain(in_data).collect(),
        rows,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_sees_in_quick_sight_what_the_viewer_sees_here() {
    for seed in 0..10 {
        let people = people(seed);
        for names in [UserNames::Email, UserNames::Username] {
            let rules = people.rules(names).await;
            let mut users: BTreeSet<String> = ["nobody@example.com", "boss@example.com", ROOT]
                .map(str::to_owned)
                .into();
            for row in &people.rows {
                let name = match names {
                    UserNames::Email => &row.email,
                    UserNames::Username | UserNames::Off => &row.username,
                };
                // As the map has it, and in lower case.
                users.extend(name.iter().cloned());
                users.extend(name.iter().map(|name| name.to_lowercase()));
            }
            if names == UserNames::Email {
                let emails = people.seen.iter().filter_map(|user| user.email.clone());
                users.extend(emails);
            }
            for user in users {
                people.compare(&rules, &user);
            }
            // A rule for everything is an administrator's.
            for rule in &rules {
                if rule.person_id.is_none() && rule.team.is_none() {
                    let admins = [ROOT, "admin-1"];
                    assert!(admins.contains(&rule.user_name.as_str()), "{rule:?}");
                }
            }
        }
        assert_eq!(people.rules(UserNames::Off).await, []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_another_team_is_in_any_rule() {
    let row = |id: &str, team: &str, manager: Option<&str>| MapRow {
        user_id: id.to_owned(),
        username: Some(format!("login-{id}")),
        display_name: None,
        email: Some(format!("{id}@example.com")),
        team: Some(team.to_owned()),
        cost_center: None,
        manager: manager.map(str::to_owned),
        status: PersonStatus::Active,
        source: PersonSource::Roster,
        is_seat: true,
        attributes: BTreeMap::new(),
    };
    let people = People {
        rows: vec![
            row("ann", "Payments", None),
            row("bob", "Payments", Some("ann@example.com")),
            row("planted-1", "Planted, Payments", Some("planted-2")),
            row("planted-2", "Planted", None),
        ],
        seen: Vec::new(),
    };
    for names in [UserNames::Email, UserNames::Username] {
        let rules = people.rules(names).await;
        for user in [
            "ann@example.com",
            "login-ann",
            "bob@example.com",
            "login-bob",
        ] {
            let mut of_user = rules.iter().filter(|rule| rule.user_name == user);
            assert!(
                !of_user.any(|rule| format!("{rule:?}").contains("lanted")),
                "{user}"
            );
        }
        let planted = match names {
            UserNames::Email => "planted-2@example.com",
            UserNames::Username | UserNames::Off => "login-planted-2",
        };
        let of_planted = rules.iter().filter(|rule| rule.user_name == planted);
        assert_eq!(of_planted.count(), 3, "itself, the entry, and one team");
    }
}

#[test]
fn a_comma_in_quotation_marks_separates_nothing() {
    assert_eq!(values("a,b"), ["a", "b"]);
    assert_eq!(values("\"a, b\",c"), ["a, b", "c"]);
    assert_eq!(values("(everybody)"), [EVERYBODY]);
}
