//! The expected numbers of each visual, written by hand from its subtitle. One file per sheet.

mod activity;
mod budget;
mod code;
mod economics;
mod facts;
mod health;
mod measures;
mod people;
mod teams;
mod user_detail;

use crate::oracle::{Chosen, Expected};
use facts::Facts;

/// The expected figure; none for a visual without expected numbers.
pub(crate) fn of_visual(chosen: &Chosen<'_>, visual: &str) -> Option<Expected> {
    let is_ranking = visual.ends_with("-ranking");
    if visual.starts_with("u-") && is_ranking == chosen.has_user() {
        return Some(measures::hidden());
    }
    let facts = Facts::new(chosen);
    let sheets = [
        activity::of_visual,
        economics::of_visual,
        people::of_visual,
        teams::of_visual,
        user_detail::of_visual,
        code::of_visual,
        budget::of_visual,
        health::of_visual,
    ];
    sheets.iter().find_map(|sheet| sheet(&facts, visual))
}
