//! How many rules Amazon Quick Sight needs to say what a viewer sees.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::key::fold;
use crate::map_row::MapRow;
use crate::person::PersonStatus;

/// A team, or one person: what a rule names.
type Target<'a> = (bool, &'a str);

/// The rules about the viewer and about the entry "everybody" of a control.
const OWN_RULES: usize = 2;

/// The most rules that any viewer needs: one for each team of the people that a viewer manages, and for each of them without a
/// team, and two about the viewer. A rule cannot name a team with a quotation mark, so each of its people has a rule.
///
/// The limit of Quick Sight is 999.
/// <https://docs.aws.amazon.com/quicksight/latest/user/restrict-access-to-a-data-set-using-row-level-security.html>
pub fn most_rules(rows: &[MapRow]) -> usize {
    let mut persons: HashMap<String, BTreeSet<&str>> = HashMap::new();
    let mut people_of: HashMap<&str, Vec<&str>> = HashMap::new();
    for row in rows {
        if let Some(team) = row.team.as_deref().filter(|team| team.contains('"')) {
            people_of.entry(team).or_default().push(&row.user_id);
        }
        if row.status == PersonStatus::Forgotten {
            continue;
        }
        let names = [
            Some(&row.user_id),
            row.email.as_ref(),
            row.username.as_ref(),
        ];
        for name in names.into_iter().flatten() {
            persons.entry(fold(name)).or_default().insert(&row.user_id);
        }
    }
    let mut targets: BTreeMap<String, BTreeSet<Target<'_>>> = BTreeMap::new();
    for row in rows {
        let Some(manager) = row.manager.as_deref().map(fold) else {
            continue;
        };
        let managers = persons.get(&manager);
        let managers = managers.map_or_else(
            || vec![manager.clone()],
            |ids| ids.iter().map(|id| (*id).to_owned()).collect(),
        );
        for manager in managers {
            let of_manager = targets.entry(manager).or_default();
            match row.team.as_deref() {
                None => {
                    of_manager.insert((false, &row.user_id));
                }
                Some(team) => match people_of.get(team) {
                    None => {
                        of_manager.insert((true, team));
                    }
                    Some(people) => of_manager.extend(people.iter().map(|id| (false, *id))),
                },
            }
        }
    }
    let most = targets.values().map(BTreeSet::len).max();
    most.map_or(0, |most| most + OWN_RULES)
}

#[cfg(test)]
mod tests {
    use super::most_rules;
    use crate::map_row::MapRow;
    use crate::person::{PersonSource, PersonStatus};

    fn row(id: &str, team: Option<&str>, manager: Option<&str>) -> MapRow {
        MapRow {
            email: Some(format!("{id}@example.com")),
            team: team.map(str::to_owned),
            manager: manager.map(str::to_owned),
            ..MapRow::new(id.to_owned(), PersonStatus::Active, PersonSource::Roster)
        }
    }

    #[test]
    fn a_team_is_one_rule_and_people_without_one_are_one_each() {
        assert_eq!(most_rules(&[row("ann", None, None)]), 0);
        let rows = [
            row("bob", Some("Payments"), Some("ann")),
            row("cyd", Some("Payments"), Some("ANN@example.com")),
            row("dan", None, Some("ann")),
            row("eve", None, Some("ann@example.com")),
            row("ann", None, None),
            row("flo", Some("Data"), Some("somebody")),
        ];
        assert_eq!(most_rules(&rows), 5);
    }

    #[test]
    fn a_team_with_a_quotation_mark_is_a_rule_per_person() {
        let team = Some("The \"A\" team");
        let rows = [
            row("bob", team, Some("ann")),
            row("cyd", team, None),
            row("dan", team, None),
        ];
        assert_eq!(most_rules(&rows), 5);
    }
}
