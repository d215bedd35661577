//! One day in the editor, as the legacy report counts it.

use crate::activity::whole;
use crate::dice::Dice;
use crate::user::User;

/// The counters of the legacy report, in the order of its columns.
pub(crate) const COUNTERS: usize = 44;

/// The legacy counters: most people only use inline suggestions and chat; few features are used by few.
pub(crate) fn counters(user: &User, dice: &mut Dice) -> [u32; COUNTERS] {
    let mut counters = [0; COUNTERS];
    let mut put = |column: usize, value: u32| {
        // Columns are counted from 1, as in the report's documentation, where the first two are user and date.
        if let Some(counter) = counters.get_mut(column - 3) {
            *counter = value;
        }
    };
    let amount = |dice: &mut Dice, most: f64| whole(most * user.coding * dice.unit() * 1.6);
    let suggested = amount(dice, 120.0);
    let accepted = whole(f64::from(suggested) * dice.between(0.12, 0.42));
    put(36, whole(f64::from(accepted) * dice.between(1.2, 3.4)));
    put(37, accepted);
    put(38, suggested);
    let messages = amount(dice, 40.0);
    put(5, messages);
    put(4, whole(f64::from(messages) * dice.between(0.0, 0.4)));
    put(3, amount(dice, 90.0));
    if dice.chance(0.18) {
        let (events, added) = (1 + amount(dice, 8.0), amount(dice, 60.0));
        let taken = whole(f64::from(events) * dice.between(0.3, 0.9));
        let refused = (events - taken) / 2;
        put(26, taken);
        put(27, added);
        put(28, added / 4);
        put(29, events - taken - refused);
        put(30, added / 8);
        put(31, added / 20);
        put(32, added / 6);
        put(33, added / 18);
        put(34, refused);
        put(35, events);
    }
    if dice.chance(0.08) {
        let lines = 20 + amount(dice, 300.0);
        let offered = 1 + amount(dice, 3.0);
        put(13, whole(f64::from(offered) * dice.between(0.2, 1.0)));
        put(14, whole(f64::from(lines) * dice.between(0.2, 0.9)));
        put(15, lines);
        put(16, offered);
    }
    if dice.chance(0.07) {
        let findings = 1 + amount(dice, 12.0);
        let fixable = whole(f64::from(findings) * dice.between(0.4, 1.0));
        put(10, findings - fixable);
        put(11, findings);
        put(12, fixable);
        put(9, fixable);
        put(6, whole(f64::from(fixable) * dice.between(0.2, 0.9)));
        put(8, fixable * 4);
        put(7, whole(f64::from(fixable * 4) * dice.between(0.2, 0.9)));
    }
    if dice.chance(0.05) {
        let tests = 1 + amount(dice, 9.0);
        let taken = whole(f64::from(tests) * dice.between(0.3, 1.0));
        put(39, taken * 14);
        put(40, taken);
        put(41, 1 + tests / 6);
        put(42, tests * 14);
        put(43, tests);
    }
    if dice.chance(0.03) {
        let lines = amount(dice, 120.0);
        put(18, 1);
        put(19, lines);
        put(20, lines / 5);
        put(21, 2);
        put(24, lines / 4);
    }
    if dice.chance(0.004) {
        let lines = 400 + amount(dice, 4000.0);
        put(44, 1);
        put(45, lines);
        put(46, lines * 2);
    }
    counters
}
