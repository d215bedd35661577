//! The activity of one day: credits, messages, models and code, within the credits of the month.

use crate::calendar::Calendar;
use crate::coding::{self, COUNTERS};
use crate::layout::{Client, Site};
use crate::models::{MODELS, PerModel};
use crate::options::Attendance;
use crate::rng::{Purpose, Rng};
use crate::user::User;

/// The activity of one user on one client on one day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientActivity {
    pub(crate) user: u32,
    pub(crate) conversations: u32,
    pub(crate) messages: u32,
    pub(crate) credits: f64,
    pub(crate) overage: f64,
    pub(crate) models: PerModel<u32>,
}

/// The code activity of one user on one day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CodeActivity {
    pub(crate) user: u32,
    pub(crate) counters: [u32; COUNTERS],
}

/// The rows of one day, by site and client.
#[derive(Debug, Default)]
pub(crate) struct DayActivity {
    pub(crate) activities: [[Vec<ClientActivity>; 3]; 2],
    pub(crate) code: [Vec<CodeActivity>; 2],
}

impl DayActivity {
    pub(crate) fn clear(&mut self) {
        self.activities.iter_mut().flatten().for_each(Vec::clear);
        self.code.iter_mut().for_each(Vec::clear);
    }

    pub(crate) fn of(&self, site: Site, client: Client) -> &[ClientActivity] {
        self.activities
            .get(site.index())
            .and_then(|site| site.get(client.index()))
            .map_or(&[], Vec::as_slice)
    }

    pub(crate) fn code_of(&self, site: Site) -> &[CodeActivity] {
        self.code.get(site.index()).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, site: Site, client: Client, activity: ClientActivity) {
        if let Some(rows) = self
            .activities
            .get_mut(site.index())
            .and_then(|site| site.get_mut(client.index()))
        {
            rows.push(activity);
        }
    }

    fn add_code(&mut self, site: Site, code: CodeActivity) {
        if let Some(rows) = self.code.get_mut(site.index()) {
            rows.push(code);
        }
    }
}

/// The credits that each user has used this month.
#[derive(Debug)]
pub(crate) struct Simulation<'a> {
    users: &'a [User],
    calendar: Calendar,
    seed: u64,
    attendance: Attendance,
    used_this_month: Vec<f64>,
}

impl<'a> Simulation<'a> {
    pub(crate) fn new(
        users: &'a [User],
        calendar: Calendar,
        seed: u64,
        attendance: Attendance,
    ) -> Self {
        Self {
            users,
            calendar,
            seed,
            attendance,
            used_this_month: vec![0.0; users.len()],
        }
    }

    /// Fills `rows` with the day's activity. Call it day by day.
    pub(crate) fn run_day(&mut self, day: u32, rows: &mut DayActivity) {
        rows.clear();
        if self.calendar.starts_a_month(day) {
            self.used_this_month.fill(0.0);
        }
        let popularity = crate::models::popularity(day, self.calendar.days());
        for (index, (user, used)) in (0_u32..).zip(self.users.iter().zip(&mut self.used_this_month))
        {
            let mut rng = Rng::new(self.seed, Purpose::Day, u64::from(index), u64::from(day));
            if !user.is_active_on(day, self.calendar, self.attendance, &mut rng) {
                continue;
            }
            let noise = 0.3 + 0.7 * (rng.unit() + rng.unit());
            let wish = user.daily_credits(day, self.calendar) * noise;
            let drawn = spend_credits(user, day, wish, used, &mut rng);
            let (credits, overage) = match (drawn, self.attendance) {
                (Some(drawn), _) => drawn,
                (None, Attendance::EveryDay) => (0.0, 0.0),
                (None, Attendance::Realistic) => continue,
            };
            let worker = |rng| Worker {
                index,
                user,
                popularity: &popularity,
                rng,
            };
            worker(rng).work(credits, overage, self.attendance, rows);
            if user.has_second_site && self.attendance == Attendance::Realistic {
                let mut rng = Rng::new(
                    self.seed,
                    Purpose::SecondSite,
                    u64::from(index),
                    u64::from(day),
                );
                if rng.chance(0.5) {
                    let credits = wish * rng.between(0.1, 0.3);
                    rows.add(
                        user.site.other(),
                        Client::Ide,
                        worker(rng).activity(credits, 0.0),
                    );
                }
            }
            if user.coding > 0.0 {
                let mut rng = Rng::new(self.seed, Purpose::Code, u64::from(index), u64::from(day));
                if self.attendance == Attendance::EveryDay || rng.chance(0.8) {
                    let counters = coding::counters(user, &mut rng);
                    rows.add_code(
                        user.site,
                        CodeActivity {
                            user: index,
                            counters,
                        },
                    );
                }
            }
        }
    }
}

/// Takes credits from the month's allowance. With overage on, the part above it is overage up to the limit; with overage off,
/// a user stops soon after the last credit. Returns credits and overage; `None` for no activity today.
fn spend_credits(
    user: &User,
    day: u32,
    wish: f64,
    balance: &mut f64,
    rng: &mut Rng,
) -> Option<(f64, f64)> {
    let allowance = user.tier_on(day).allowance();
    let ceiling = allowance + user.overage_limit.unwrap_or(0.0);
    // The request that exceeds the limit is still served.
    let last_request = rng.unit() * 0.9;
    let before = *balance;
    if before >= ceiling {
        return rng.chance(0.12).then_some((0.0, 0.0));
    }
    let credits = if before + wish > ceiling {
        ceiling - before + last_request
    } else {
        wish
    };
    *balance += credits;
    let overage = match user.overage_limit {
        Some(_) => (*balance - allowance.max(before)).max(0.0),
        None => 0.0,
    };
    Some((credits, overage))
}

struct Worker<'a> {
    index: u32,
    user: &'a User,
    popularity: &'a PerModel<f64>,
    rng: Rng,
}

impl Worker<'_> {
    /// Spreads a day's credits over the user's clients of this day.
    fn work(&mut self, credits: f64, overage: f64, attendance: Attendance, rows: &mut DayActivity) {
        let mut shares = self.user.clients;
        let main = self.rng.pick(&shares);
        let alone = attendance == Attendance::EveryDay || self.rng.chance(0.45);
        for (index, share) in shares.iter_mut().enumerate() {
            let chosen = index == main || (!alone && *share > 0.0 && self.rng.chance(0.6));
            *share = if chosen {
                *share * self.rng.between(0.5, 1.5)
            } else {
                0.0
            };
        }
        let total: f64 = shares.iter().sum();
        for (client, share) in Client::ALL.into_iter().zip(shares) {
            if share > 0.0 {
                let part = share / total;
                let activity = self.activity(credits * part, overage * part);
                rows.add(self.user.site, client, activity);
            }
        }
    }

    fn activity(&mut self, credits: f64, overage: f64) -> ClientActivity {
        let messages =
            floor_to_u32(credits * self.user.messages_per_credit * self.rng.between(0.8, 1.2)) + 2;
        let conversations = 1 + floor_to_u32(f64::from(messages) / self.rng.between(9.0, 26.0));
        ClientActivity {
            user: self.index,
            conversations,
            messages,
            credits,
            overage,
            models: self.models(messages),
        }
    }

    /// One to five models, which add up to the messages. Sometimes the most used one has a sixteenth on top.
    fn models(&mut self, messages: u32) -> PerModel<u32> {
        let mut counts = [0; MODELS.len()];
        let mut weights = *self.popularity;
        for (weight, liking) in weights.iter_mut().zip(&self.user.taste) {
            *weight *= liking;
        }
        let kinds = 1 + self.rng.pick(&[0.1, 0.2, 0.3, 0.25, 0.15]);
        let mut left = if self.rng.chance(0.2) {
            messages - messages / 16
        } else {
            messages
        };
        for kind in 0..kinds {
            if left == 0 {
                break;
            }
            let model = self.rng.pick(&weights);
            let part = if kind + 1 == kinds {
                left
            } else {
                floor_to_u32(f64::from(left) * self.rng.between(0.3, 0.8)).max(1)
            };
            left -= part;
            if let (Some(count), Some(weight)) = (counts.get_mut(model), weights.get_mut(model)) {
                *count += part;
                *weight = 0.0;
            }
            if weights.iter().all(|weight| *weight <= 0.0) {
                break;
            }
        }
        let rest = messages - counts.iter().sum::<u32>();
        if let Some(most) = counts.iter_mut().max() {
            *most += rest;
        }
        counts
    }
}

/// The integer part. Credits and messages are far below four billion.
pub(crate) fn floor_to_u32(value: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the range of the type"
    )]
    let number = value.clamp(0.0, f64::from(u32::MAX)) as u32;
    number
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, NaiveDate, Weekday};

    use super::*;

    fn june() -> Calendar {
        Calendar::new(NaiveDate::from_ymd_opt(2026, 6, 1).unwrap(), 28)
    }

    #[test]
    fn weekends_are_quiet() {
        let calendar = june();
        let users: Vec<User> = (0..300)
            .map(|index| User::new(index, 42, calendar))
            .collect();
        let mut simulation = Simulation::new(&users, calendar, 42, Attendance::Realistic);
        let mut rows = DayActivity::default();
        let (mut workdays, mut weekends) = (0, 0);
        for day in 0..28 {
            simulation.run_day(day, &mut rows);
            let active = rows
                .activities
                .iter()
                .flatten()
                .map(Vec::len)
                .sum::<usize>();
            match calendar.date(day).weekday() {
                Weekday::Sat | Weekday::Sun => weekends += active,
                _ => workdays += active,
            }
        }
        assert!(
            workdays / 20 > 4 * (weekends / 8),
            "{workdays} on 20 workdays, {weekends} on 8 weekend days"
        );
        assert!(weekends > 0);
    }

    #[test]
    fn without_overage_the_month_ends_at_the_allowance() {
        let calendar = june();
        let users: Vec<User> = (0..400)
            .map(|index| User::new(index, 42, calendar))
            .collect();
        let mut simulation = Simulation::new(&users, calendar, 42, Attendance::Realistic);
        let mut rows = DayActivity::default();
        let mut overage = vec![0.0; users.len()];
        for day in 0..28 {
            simulation.run_day(day, &mut rows);
            for activity in rows.activities.iter().flatten().flatten() {
                overage[activity.user as usize] += activity.overage;
                let of_models: u32 = activity.models.iter().sum();
                assert_eq!(of_models, activity.messages);
            }
        }
        let (mut full, mut over) = (0, 0);
        for ((user, used), overage) in users.iter().zip(&simulation.used_this_month).zip(&overage) {
            let allowance = user
                .tier_on(0)
                .allowance()
                .max(user.tier_on(27).allowance());
            match user.overage_limit {
                None => {
                    assert!(*used < allowance + 1.0 && *overage == 0.0);
                    full += usize::from(*used >= allowance);
                }
                Some(limit) => {
                    assert!(*used < allowance + limit + 1.0);
                    over += usize::from(*overage > 0.0);
                }
            }
        }
        assert!(
            full > 5 && over > 5,
            "{full} at their allowance, {over} above it"
        );
    }

    #[test]
    fn every_day_attendance_gives_one_row_per_user_and_day() {
        let calendar = june();
        let users: Vec<User> = (0..50).map(|index| User::new(index, 7, calendar)).collect();
        let mut simulation = Simulation::new(&users, calendar, 7, Attendance::EveryDay);
        let mut rows = DayActivity::default();
        simulation.run_day(3, &mut rows);
        assert_eq!(rows.activities.iter().flatten().flatten().count(), 50);
    }
}
