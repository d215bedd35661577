//! The CSV text of the current report (`user_report`).

use chrono::NaiveDate;

use crate::activity::ClientActivity;
use crate::calendar::Generation;
use crate::csv_text::{IdSpelling, push_count, push_number, push_quoted};
use crate::headers;
use crate::layout::{Client, Site};
use crate::models::{MODELS, PerModel};
use crate::rng::{Purpose, Rng};
use crate::user::{Tier, User};

/// The properties of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UserReport<'a> {
    pub(crate) users: &'a [User],
    pub(crate) seed: u64,
    pub(crate) site: Site,
    pub(crate) client: Client,
    pub(crate) day: u32,
    /// The length of the window.
    pub(crate) days: u32,
    pub(crate) date: NaiveDate,
    pub(crate) generation: Generation,
    /// Ids and addresses are spelled in several ways.
    pub(crate) mixed_spellings: bool,
    /// A first export whose numbers a re-export corrects.
    pub(crate) too_low: bool,
    /// Tiers are spelled as in the documentation (`ProPlus`).
    pub(crate) documented_tiers: bool,
}

impl UserReport<'_> {
    /// Header and rows.
    pub(crate) fn render(&self, rows: &[ClientActivity], out: &mut Vec<u8>) {
        let shown = self.shown_models(rows);
        self.push_header(&shown, out);
        for activity in rows {
            self.push_row(activity, &shown, out);
        }
    }

    /// A used model has a column. Of the others most have none, some have zeros.
    fn shown_models(&self, rows: &[ClientActivity]) -> PerModel<bool> {
        let mut shown = [false; MODELS.len()];
        if self.generation < Generation::Models {
            return shown;
        }
        let file = u64::from(self.day) * 8 + (self.site.index() * 4 + self.client.index()) as u64;
        let mut rng = Rng::new(self.seed, Purpose::File, file, 1);
        let live = crate::models::popularity(self.day, self.days);
        for ((model, show), popularity) in shown.iter_mut().enumerate().zip(live) {
            let used = rows
                .iter()
                .any(|row| row.models.get(model).is_some_and(|count| *count > 0));
            *show = used || (popularity > 0.0 && rng.chance(0.3));
        }
        shown
    }

    fn push_header(&self, shown: &PerModel<bool>, out: &mut Vec<u8>) {
        out.extend_from_slice(headers::BASE.join(",").as_bytes());
        if self.generation >= Generation::Identity {
            headers::push_more(out, &headers::IDENTITY);
        }
        if self.generation >= Generation::Quota {
            headers::push_more(out, &headers::QUOTA);
        }
        if self.generation >= Generation::Unknown {
            headers::push_more(out, &[headers::UNKNOWN]);
        }
        for (model, _) in MODELS.iter().zip(shown).filter(|(_, shown)| **shown) {
            headers::push_model(out, model.name);
        }
        out.push(b'\n');
    }

    fn push_row(&self, activity: &ClientActivity, shown: &PerModel<bool>, out: &mut Vec<u8>) {
        let Some(user) = self.users.get(activity.user as usize) else {
            return;
        };
        let mut rng = self.mixed_spellings.then(|| {
            let file =
                u64::from(self.day) * 8 + (self.site.index() * 4 + self.client.index()) as u64;
            Rng::new(self.seed, Purpose::Spelling, u64::from(activity.user), file)
        });
        let tier = user.tier_on(self.day);
        let factor = if self.too_low && activity.user.is_multiple_of(3) {
            0.5
        } else {
            1.0
        };

        push_date(out, self.date);
        out.push(b',');
        let spelling = rng
            .as_mut()
            .map_or(IdSpelling::Plain, |rng| IdSpelling::draw(rng, &user.id));
        spelling.push(out, self.site.identity_store(), &user.id);
        out.push(b',');
        out.extend_from_slice(self.client.name().as_bytes());
        out.push(b',');
        push_count(out, activity.conversations.into());
        out.push(b',');
        push_number(out, activity.credits * factor);
        out.push(b',');
        push_number(out, user.overage_limit.unwrap_or(tier.allowance()));
        out.push(b',');
        push_number(out, activity.overage * factor);
        out.push(b',');
        self.push_boolean(out, user.overage_limit.is_some());
        out.push(b',');
        push_quoted(out, self.site.profile_arn());
        out.push(b',');
        out.extend_from_slice(self.spelled(tier).as_bytes());
        out.push(b',');
        push_count(out, activity.messages.into());
        if self.generation >= Generation::Identity {
            out.push(b',');
            self.push_boolean(out, user.joined == Some(self.day));
            out.push(b',');
            if rng.is_some_and(|mut rng| rng.chance(0.03)) {
                push_quoted(out, &capitalized(&user.email));
            } else {
                push_quoted(out, &user.email);
            }
        }
        if self.generation >= Generation::Quota {
            out.push(b',');
            push_number(out, tier.allowance());
        }
        if self.generation >= Generation::Unknown {
            out.push(b',');
            push_count(out, u64::from(activity.messages / 3));
        }
        for (count, _) in activity
            .models
            .iter()
            .zip(shown)
            .filter(|(_, shown)| **shown)
        {
            out.push(b',');
            push_count(out, u64::from(*count));
        }
        out.push(b'\n');
    }

    /// The plugin writes booleans in upper case.
    fn push_boolean(&self, out: &mut Vec<u8>, value: bool) {
        let text: &[u8] = match (value, self.client) {
            (true, Client::Plugin) => b"TRUE",
            (false, Client::Plugin) => b"FALSE",
            (true, _) => b"true",
            (false, _) => b"false",
        };
        out.extend_from_slice(text);
    }

    const fn spelled(&self, tier: Tier) -> &'static str {
        match (self.documented_tiers, tier) {
            (true, Tier::Pro) => "Pro",
            (true, Tier::ProPlus) => "ProPlus",
            (true, Tier::ProMax) => "ProMax",
            (true, Tier::Power) => "Power",
            _ => tier.code(),
        }
    }
}

fn push_date(out: &mut Vec<u8>, date: NaiveDate) {
    let digits = crate::layout::digits(date);
    let (year, rest) = digits.split_at(4);
    let (month, day) = rest.split_at(2);
    out.extend_from_slice(format!("{year}-{month}-{day}").as_bytes());
}

/// `Amara.Okafor@…` for `amara.okafor@…`, as typed into a directory.
fn capitalized(email: &str) -> String {
    let mut start = true;
    let (name, host) = email.split_once('@').unwrap_or((email, ""));
    let mut text: String = name
        .chars()
        .map(|letter| {
            let written = if start {
                letter.to_ascii_uppercase()
            } else {
                letter
            };
            start = letter == '.';
            written
        })
        .collect();
    if !host.is_empty() {
        text.push('@');
        text.push_str(host);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_typed_by_hand_keep_their_letters() {
        assert_eq!(
            capitalized("amara.okafor@example.com"),
            "Amara.Okafor@example.com"
        );
        assert_eq!(capitalized(""), "");
    }
}
