//! Who the users of a fleet are: a directory with groups, and a roster that covers most of them.
//!
//! Has what real organisations have: users that neither knows, users that only one knows, namesakes, people without a team,
//! people who have left, and people who have a seat and are never in the data.

use serde::Serialize;

use crate::calendar::Calendar;
use crate::layout::Site;
use crate::options::FleetOptions;
use crate::people;
use crate::rng::{Purpose, Rng};
use crate::user::User;

/// The directory and the roster of a fleet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FleetPeople {
    pub directory: FleetDirectory,
    pub roster: Vec<FleetRosterRow>,
}

/// The users and groups of the directory, as a directory answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FleetDirectory {
    pub users: Vec<FleetDirectoryUser>,
    pub groups: Vec<FleetDirectoryGroup>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FleetDirectoryUser {
    /// Canonical.
    pub user_id: String,
    pub username: String,
    pub display_name: String,
    pub email: String,
}

/// A group: a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FleetDirectoryGroup {
    pub group_id: String,
    pub name: String,
    /// Canonical user ids.
    pub members: Vec<String>,
}

/// A row of the roster, with an address as the key. Empty texts are empty cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetRosterRow {
    pub email: String,
    pub username: String,
    pub display_name: String,
    pub team: String,
    pub cost_center: String,
    /// The manager's address.
    pub manager: String,
    /// `active` or `left`.
    pub status: &'static str,
    pub location: &'static str,
}

/// Teams with their cost centres and their sizes in relation to each other. A member has one of the cost centres.
const TEAMS: [(&str, &[&str], f64); 10] = [
    ("Platform", &["CC-1010"], 5.0),
    ("Payments", &["CC-2010", "CC-2020"], 4.0),
    ("Mobile, Web & Design", &["CC-3010"], 3.0),
    ("Data & AI", &["CC-3010"], 3.0),
    ("Security", &["CC-1010"], 2.0),
    ("Customer Care", &["CC-4010"], 2.0),
    ("Logistics", &["CC-5010"], 2.0),
    ("Quality", &["CC-1020"], 1.5),
    ("Operations", &["CC-1020"], 1.5),
    ("Research", &["CC-6010"], 1.0),
];
const LOCATIONS: [(Site, [&str; 2]); 2] = [
    (Site::Main, ["Austin", "Remote"]),
    (Site::Second, ["Berlin", "Lisbon"]),
];
/// The users per team, about.
const TEAM_USERS: usize = 6;
const FEWEST_TEAMS: usize = 3;

/// Which of the two sources know a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KnownBy {
    Both,
    RosterAlone,
    DirectoryAlone,
    Neither,
}

/// One person.
struct Person {
    index: u32,
    /// `None` if the directory does not know the person and the data does not have it.
    id: Option<String>,
    known_by: KnownBy,
    /// The position in `TEAMS`; `None` without a team.
    team: Option<usize>,
    cost_center: &'static str,
    has_left: bool,
    location: &'static str,
}

impl FleetPeople {
    /// The people of a fleet. Equal options give equal people.
    pub(crate) fn of(options: &FleetOptions) -> Self {
        let persons = persons(options);
        Self {
            directory: FleetDirectory::of(&persons, options.seed),
            roster: roster(&persons),
        }
    }
}

/// The users of the data, then people who are never in it.
fn persons(options: &FleetOptions) -> Vec<Person> {
    let &FleetOptions { users, seed, .. } = options;
    let calendar = Calendar::new(options.first_day(), options.days);
    let teams = (users as usize / TEAM_USERS).clamp(FEWEST_TEAMS, TEAMS.len());
    let mut persons: Vec<Person> = (0..users)
        .map(|index| {
            let user = User::new(index, seed, calendar);
            let known_by = match index % 25 {
                13 => KnownBy::Neither,
                // Without an address, a row of a roster has nothing to match.
                4 | 17 if !user.email.is_empty() => KnownBy::RosterAlone,
                9 | 21 => KnownBy::DirectoryAlone,
                _ => KnownBy::Both,
            };
            let mut person = Person::new(index, seed, teams, user.site);
            // Some people are on their way out and still active.
            person.has_left = user.leaves() || index % 30 == 11;
            person.known_by = known_by;
            person.id = Some(user.id);
            person
        })
        .collect();
    let never_used = (users / 12).max(2);
    let strangers = (users / 10).max(1);
    for number in 0..never_used {
        let index = users.saturating_add(number);
        let mut person = Person::new(index, seed, teams, Site::Main);
        person.has_left = number % 7 == 5;
        if number % 3 == 0 {
            person.id = Some(invented_id(seed, index));
        } else {
            person.known_by = KnownBy::RosterAlone;
        }
        persons.push(person);
    }
    // Users of the directory without a seat: nothing about them may leave it.
    for number in 0..strangers {
        let index = users.saturating_add(never_used + number);
        let mut person = Person::new(index, seed, teams, Site::Main);
        person.id = Some(invented_id(seed, index));
        person.known_by = KnownBy::DirectoryAlone;
        person.team = None;
        persons.push(person);
    }
    persons
}

fn invented_id(seed: u64, index: u32) -> String {
    people::user_id(&mut Rng::new(seed, Purpose::People, u64::from(index), 1))
}

impl Person {
    /// A person that both sources know.
    fn new(index: u32, seed: u64, teams: usize, site: Site) -> Self {
        let mut rng = Rng::new(seed, Purpose::People, u64::from(index), 0);
        let weights: Vec<f64> = TEAMS.iter().take(teams).map(|team| team.2).collect();
        let team = rng.pick(&weights);
        let cost_centers = TEAMS[team].1;
        let cost_center = cost_centers[rng.pick(&vec![1.0; cost_centers.len()])];
        let offices = LOCATIONS.iter().find(|(of, _)| *of == site);
        let offices = offices.map_or(LOCATIONS[0].1, |(_, offices)| *offices);
        let has_team = index % 12 != 7;
        Self {
            index,
            id: None,
            known_by: KnownBy::Both,
            team: has_team.then_some(team),
            cost_center: if index % 24 == 7 { "" } else { cost_center },
            has_left: false,
            location: offices[rng.pick(&[3.0, 1.0])],
        }
    }

    /// A few people have the name of another one.
    fn display_name(&self) -> String {
        let is_namesake = self.index % 40 == 26;
        people::display_name(self.index - u32::from(is_namesake))
    }

    fn is_in_roster(&self) -> bool {
        matches!(self.known_by, KnownBy::Both | KnownBy::RosterAlone)
    }

    fn is_in_directory(&self) -> bool {
        matches!(self.known_by, KnownBy::Both | KnownBy::DirectoryAlone)
    }
}

impl FleetDirectory {
    fn of(persons: &[Person], seed: u64) -> Self {
        let known = || {
            let known = persons.iter().filter(|person| person.is_in_directory());
            known.filter_map(|person| Some((person, person.id.as_ref()?)))
        };
        let users = known().map(|(person, id)| FleetDirectoryUser {
            user_id: id.clone(),
            username: people::username(person.index),
            display_name: person.display_name(),
            email: people::email(person.index),
        });
        let groups = TEAMS.iter().enumerate().map(|(place, (name, ..))| {
            let members = known().filter(|(person, _)| person.team == Some(place));
            let mut rng = Rng::new(seed, Purpose::People, place as u64, 2);
            FleetDirectoryGroup {
                group_id: people::user_id(&mut rng),
                name: (*name).to_owned(),
                members: members.map(|(_, id)| id.clone()).collect(),
            }
        });
        Self {
            users: users.collect(),
            groups: groups.filter(|group| !group.members.is_empty()).collect(),
        }
    }
}

/// The rows of the roster. The first person of a team leads it.
fn roster(persons: &[Person]) -> Vec<FleetRosterRow> {
    let mut leads: [Option<u32>; TEAMS.len()] = [None; TEAMS.len()];
    let listed = || persons.iter().filter(|person| person.is_in_roster());
    for person in listed().filter(|person| !person.has_left) {
        if let Some(team) = person.team {
            leads[team].get_or_insert(person.index);
        }
    }
    let head = leads.iter().flatten().min().copied();
    let rows = listed().map(|person| {
        let lead = person.team.and_then(|team| leads[team]);
        let manager = lead.filter(|lead| *lead != person.index).or(head);
        let manager = manager.filter(|manager| *manager != person.index);
        FleetRosterRow {
            email: people::email(person.index),
            username: people::username(person.index),
            display_name: person.display_name(),
            team: person
                .team
                .map_or_else(String::new, |team| TEAMS[team].0.to_owned()),
            cost_center: person.cost_center.to_owned(),
            manager: manager.map_or_else(String::new, people::email),
            status: if person.has_left { "left" } else { "active" },
            location: person.location,
        }
    });
    rows.collect()
}
