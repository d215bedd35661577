//! One user: habits, plan, and the days of joining and leaving, drawn once from the seed.
//!
//! Shares (of heavy users, of users who leave) are spread evenly over the indices instead of drawn, so 30 users have the same
//! variety as 10,000.

use crate::calendar::Calendar;
use crate::layout::Site;
use crate::models::{MODELS, PerModel};
use crate::options::Attendance;
use crate::people;
use crate::rng::{Purpose, Rng};

/// A subscription plan, spelled as in the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tier {
    Free,
    Pro,
    ProPlus,
    ProMax,
    Power,
    /// The cell is empty.
    Blank,
}

impl Tier {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Free => "FREE",
            Self::Pro => "PRO",
            Self::ProPlus => "PRO_PLUS",
            Self::ProMax => "PRO_MAX",
            Self::Power => "POWER",
            Self::Blank => "",
        }
    }

    /// Included credits per month.
    pub(crate) const fn allowance(self) -> f64 {
        match self {
            Self::Free => 50.0,
            Self::Pro | Self::Blank => 1000.0,
            Self::ProPlus => 2000.0,
            Self::ProMax => 2500.0,
            Self::Power => 10_000.0,
        }
    }

    const fn next(self) -> Self {
        match self {
            Self::Free | Self::Blank => Self::Pro,
            Self::Pro => Self::ProPlus,
            Self::ProPlus => Self::ProMax,
            Self::ProMax | Self::Power => Self::Power,
        }
    }

    /// Users of larger plans use a smaller part of them.
    const fn appetite_factor(self) -> f64 {
        match self {
            Self::Free => 1.3,
            Self::Pro | Self::Blank => 1.0,
            Self::ProPlus => 0.85,
            Self::ProMax => 0.75,
            Self::Power => 0.4,
        }
    }
}

/// The trend of a user's activity near the end of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trend {
    Steady,
    Fading,
    Surging,
}

/// One invented user.
#[derive(Debug)]
pub(crate) struct User {
    pub(crate) id: String,
    /// Empty for a few users without a known address.
    pub(crate) email: String,
    pub(crate) site: Site,
    /// A second subscription at the other site.
    pub(crate) has_second_site: bool,
    /// The day the subscription was activated, if inside the window.
    pub(crate) joined: Option<u32>,
    left: Option<u32>,
    tier: Tier,
    tier_change: Option<(u32, Tier)>,
    /// The administrator's limit for overage credits; `None` = overage is off.
    pub(crate) overage_limit: Option<f64>,
    /// Probability of activity on an ordinary working day.
    diligence: f64,
    weekend: f64,
    /// The part of the monthly allowance that an ordinary month takes.
    appetite: f64,
    trend: Trend,
    /// The shares of the IDE, the CLI and the plugin.
    pub(crate) clients: [f64; 3],
    /// The amount of code activity; 0: never in the legacy report.
    pub(crate) coding: f64,
    pub(crate) messages_per_credit: f64,
    pub(crate) taste: PerModel<f64>,
    leave_phase: u32,
    leave_seed: u64,
}

/// A point of an even spread over `[0, 1)`: multiples of an irrational number, shifted by the seed.
fn spread(index: u32, irrational: f64, shift: f64) -> f64 {
    let place = f64::from(index) * irrational + shift;
    place - place.floor()
}

impl User {
    pub(crate) fn new(index: u32, seed: u64, calendar: Calendar) -> Self {
        let mut rng = Rng::new(seed, Purpose::Profile, u64::from(index), 0);
        let shift = Rng::new(seed, Purpose::Profile, u64::MAX, 0).unit();
        let kind = spread(index, 0.618_033_988_749_895, shift);
        let plan = spread(index, 0.414_213_562_373_095, shift);
        let lifecycle = spread(index, 0.732_050_807_568_877, shift);
        let place = spread(index, 0.645_751_311_064_590, shift);

        let (diligence, weekend, appetite) = match kind {
            k if k < 0.2 => (0.94, 2.2, rng.between(0.7, 1.6)),
            k if k < 0.62 => (0.76, 0.9, rng.between(0.25, 0.85)),
            k if k < 0.9 => (0.42, 0.6, rng.between(0.04, 0.25)),
            _ => (0.12, 0.3, rng.between(0.01, 0.08)),
        };
        let tier = match plan {
            p if p < 0.55 => Tier::Pro,
            p if p < 0.79 => Tier::ProPlus,
            p if p < 0.87 => Tier::ProMax,
            p if p < 0.95 => Tier::Power,
            p if p < 0.985 => Tier::Free,
            _ => Tier::Blank,
        };
        let tier_change = rng.chance(0.12).then(|| {
            let day = calendar.at(rng.below(900) + 50);
            let to = if rng.chance(0.8) {
                tier.next()
            } else {
                Tier::Pro
            };
            (day, to)
        });
        // Administrators enable overage for users who need it.
        let wants_more = if kind < 0.2 { 0.5 } else { 0.2 };
        let overage_limit = (!matches!(tier, Tier::Free | Tier::Blank) && rng.chance(wants_more))
            .then(|| [500.0, 1000.0, 2500.0][rng.pick(&[3.0, 2.0, 1.0])]);

        let days = calendar.days();
        let (mut joined, mut left, mut trend) = (None, None, Trend::Steady);
        match lifecycle {
            f if f < 0.06 => trend = Trend::Fading,
            f if f < 0.10 => left = Some(days.saturating_sub(8 + rng.below(28))),
            f if f < 0.16 => left = Some(calendar.at(250 + rng.below(600))),
            f if f < 0.36 => joined = Some(calendar.at(30 + rng.below(950))),
            f if f < 0.40 => trend = Trend::Surging,
            _ => {}
        }
        let clients = match rng.unit() {
            c if c < 0.5 => [1.0, 0.0, 0.0],
            c if c < 0.78 => [0.7, 0.3, 0.0],
            c if c < 0.88 => [0.1, 0.9, 0.0],
            c if c < 0.96 => [0.55, 0.0, 0.45],
            _ => [0.45, 0.35, 0.2],
        };
        let mut taste = [0.0; MODELS.len()];
        for liking in &mut taste {
            let draw = rng.unit();
            *liking = draw * draw * draw + 0.02;
        }
        Self {
            id: people::user_id(&mut rng),
            email: if rng.chance(0.03) {
                String::new()
            } else {
                people::email(index)
            },
            site: if place < 0.82 {
                Site::Main
            } else {
                Site::Second
            },
            has_second_site: rng.chance(0.02),
            joined,
            left,
            tier,
            tier_change,
            overage_limit,
            diligence,
            weekend,
            appetite: appetite
                * tier.appetite_factor()
                * if overage_limit.is_some() { 1.5 } else { 1.0 },
            trend,
            clients,
            coding: if clients[0] > 0.3 {
                (rng.between(-0.3, 1.2)).max(0.0)
            } else {
                0.0
            },
            messages_per_credit: rng.between(2.0, 8.0),
            taste,
            leave_phase: rng.below(91),
            leave_seed: rng.number(),
        }
    }

    pub(crate) fn tier_on(&self, day: u32) -> Tier {
        match self.tier_change {
            Some((since, tier)) if day >= since => tier,
            _ => self.tier,
        }
    }

    /// Returns true if the user leaves inside the window.
    pub(crate) const fn leaves(&self) -> bool {
        self.left.is_some()
    }

    /// Returns true if the user is active on this day.
    pub(crate) fn is_active_on(
        &self,
        day: u32,
        calendar: Calendar,
        how: Attendance,
        rng: &mut Rng,
    ) -> bool {
        let draw = rng.unit();
        if how == Attendance::EveryDay {
            return true;
        }
        if self.joined.is_some_and(|joined| day < joined)
            || self.left.is_some_and(|left| day >= left)
        {
            return false;
        }
        if self.joined == Some(day) {
            return true;
        }
        if self.is_on_leave(day) {
            return false;
        }
        let mut likely = calendar.attendance(self.site, day);
        if likely < 0.5 {
            likely *= self.weekend;
        }
        if self.trend == Trend::Fading && day + 8 >= calendar.days() {
            likely *= 0.45;
        }
        draw < likely * self.diligence
    }

    /// In most quarters a user is away for one or two weeks.
    fn is_on_leave(&self, day: u32) -> bool {
        let shifted = day + self.leave_phase;
        let mut rng = Rng::new(
            self.leave_seed,
            Purpose::Holiday,
            0,
            u64::from(shifted / 91),
        );
        let (away, start, length) = (rng.chance(0.55), rng.below(76), 5 + rng.below(10));
        away && (start..start + length).contains(&(shifted % 91))
    }

    /// The credits of an ordinary active day, before noise.
    pub(crate) fn daily_credits(&self, day: u32, calendar: Calendar) -> f64 {
        let usual = self.tier_on(day).allowance() * self.appetite / (self.diligence * 20.5);
        let growth = 0.85 + 0.3 * f64::from(day) / f64::from(calendar.days());
        let lately = day + 8 >= calendar.days();
        let trend = match self.trend {
            Trend::Fading if lately => 0.3,
            Trend::Surging if lately => 1.9,
            _ => 1.0,
        };
        usual * growth * trend
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    #[test]
    fn even_a_small_fleet_has_every_kind_of_person() {
        let calendar = Calendar::new(NaiveDate::from_ymd_opt(2026, 6, 1).unwrap(), 90);
        let users: Vec<User> = (0..60)
            .map(|index| User::new(index, 42, calendar))
            .collect();
        let has = |claim: &dyn Fn(&User) -> bool| users.iter().any(claim);
        assert!(has(&|user| user.joined.is_some()));
        assert!(has(&|user| user.left.is_some()));
        assert!(has(&|user| user.trend == Trend::Fading));
        assert!(has(&|user| user.tier_change.is_some()));
        assert!(has(&|user| user.overage_limit.is_some()));
        assert!(has(&|user| user.site == Site::Second));
        assert!(has(&|user| user.coding > 0.0) && has(&|user| user.coding == 0.0));
        for tier in [
            Tier::Free,
            Tier::Pro,
            Tier::ProPlus,
            Tier::ProMax,
            Tier::Power,
        ] {
            assert!(has(&|user| user.tier == tier), "{tier:?}");
        }
    }

    #[test]
    fn nobody_works_before_joining_or_after_leaving() {
        let calendar = Calendar::new(NaiveDate::from_ymd_opt(2026, 6, 1).unwrap(), 90);
        for index in 0..200 {
            let user = User::new(index, 1, calendar);
            for day in 0..90 {
                let mut rng = Rng::new(1, Purpose::Day, u64::from(index), u64::from(day));
                if user.is_active_on(day, calendar, Attendance::Realistic, &mut rng) {
                    assert!(user.joined.is_none_or(|joined| joined <= day));
                    assert!(user.left.is_none_or(|left| day < left));
                }
            }
        }
    }
}
