//! How often the signals of `wow_movers` are wrong about people whose habits never change, and how soon they find those who stop.
//!
//! The table in docs/metrics.md has the same simulation with more people.

use std::fmt::Write as _;
use std::fs;

use chrono::{Days, NaiveDate, Weekday};
use kiro_catalog::RenderOptions;
use kiro_query::{Engine, EngineOptions};

use crate::fixture::normalize_into;
use crate::parts::rows;

/// Days of the simulation; the last one is a Friday.
const DAYS: u64 = 98;
/// People per habit.
const PEOPLE: u32 = 150;
/// Shares of workdays, in percent, on which people are active.
const HABITS: [u32; 8] = [10, 20, 30, 40, 50, 60, 80, 95];

/// Knuth's linear congruential generator: the same numbers on every machine.
struct Random(u64);

impl Random {
    /// A number below `limit`.
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(limit)).unwrap()
    }

    /// Messages of a day: twenty on a typical one, now and then far more.
    fn messages(&mut self) -> u32 {
        let halvings = self.below(7);
        let base = 5 << halvings.min(self.below(7));
        base + self.below(base)
    }
}

/// Normalizes people of all habits, who do nothing from the day that `last_day` gives them on.
async fn engine_of(last_day: impl Fn(u32) -> u64) -> (Engine, tempfile::TempDir) {
    let first = NaiveDate::from_ymd_opt(2026, 3, 28).unwrap();
    let mut random = Random(42);
    let mut text =
        String::from("Date,UserId,Client_Type,Subscription_Tier,Total_Messages,Credits_Used\n");
    for habit in HABITS {
        for person in 0..PEOPLE {
            for day in 0..DAYS {
                let date = first + Days::new(day);
                let works = !matches!(
                    chrono::Datelike::weekday(&date),
                    Weekday::Sat | Weekday::Sun
                );
                let (is_active, messages) = (random.below(100) < habit, random.messages());
                if works && is_active && day < last_day(person) {
                    writeln!(text, "{date},h{habit}-p{person},KIRO_IDE,PRO,{messages},1").unwrap();
                }
            }
        }
    }
    // Someone marks the last day.
    writeln!(
        text,
        "{},marker,KIRO_IDE,PRO,1,1",
        first + Days::new(DAYS - 1)
    )
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let exports = folder.path().join("exports");
    fs::create_dir(&exports).unwrap();
    let name = "KIRO_IDE_123456789012_user_report_202607040200.csv";
    fs::write(exports.join(name), text).unwrap();
    let data = folder.path().join("data");
    normalize_into(&exports, &data, "2026-08-01T00:00:00Z".parse().unwrap()).await;
    let engine = Engine::open(EngineOptions {
        data,
        render: RenderOptions::default(),
        since: None,
        until: None,
    });
    (engine.unwrap(), folder)
}

/// Percent of the people of each habit for whom a signal says yes.
async fn flagged(engine: &Engine, signal: &str, people: &str) -> Vec<u32> {
    let mut percents = Vec::new();
    for habit in HABITS {
        let sql = format!(
            "SELECT COUNT(CASE WHEN {signal} = 'Yes' THEN 1 END), COUNT(*) FROM wow_movers WHERE user_id LIKE 'h{habit}-%' AND {people}"
        );
        let row = rows(engine, &sql).await.remove(0);
        let (yes, all) = row.split_once('|').unwrap();
        percents.push(yes.parse::<u32>().unwrap() * 100 / all.parse::<u32>().unwrap());
    }
    percents
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_keep_their_habits_are_rarely_said_to_lose_interest() {
    let (engine, _folder) = engine_of(|_| DAYS).await;
    let losing = flagged(&engine, "losing_interest", "TRUE").await;
    assert!(losing.iter().all(|percent| *percent <= 5), "{losing:?}");
    let mean = losing.iter().sum::<u32>() / 8;
    assert!(mean <= 1, "{losing:?}");
    // The one quiet week of `at_risk` is no signal: that is why the other one is there.
    let at_risk = flagged(&engine, "at_risk", "TRUE").await;
    assert!(at_risk.iter().sum::<u32>() / 8 >= 15, "{at_risk:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_stopped_two_weeks_ago_are_found() {
    // Every tenth person stops.
    let (engine, _folder) =
        engine_of(|person| if person % 10 == 0 { DAYS - 14 } else { DAYS }).await;
    let stopped = flagged(&engine, "losing_interest", "user_id LIKE '%0'").await;
    let (half, most) = (stopped[4], stopped[6].min(stopped[7]));
    assert!(half >= 60 && most == 100, "{stopped:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holiday_of_everybody_is_no_loss_of_interest() {
    let (engine, _folder) = engine_of(|_| DAYS - 14).await;
    let losing = flagged(&engine, "losing_interest", "TRUE").await;
    assert_eq!(losing, [0; 8]);
}
