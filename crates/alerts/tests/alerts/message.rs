//! One message in all its forms.

use kiro_alerts::{Alert, AllowanceLevel, Digest, Event, MAX_SUBJECT_LETTERS, WebhookFormat};

use crate::fixture::{allowance, one_of_each};

fn digest(alerts: Vec<Alert>) -> Digest {
    Digest::new(alerts).unwrap()
}

/// More people than any message has room for, with long names.
fn crowd() -> Digest {
    let name = |number| {
        format!(
            "Person {number} {}",
            "of the department of invention ".repeat(3)
        )
    };
    let people = 0..3_000;
    digest(
        people
            .map(|number| allowance(&name(number), AllowanceLevel::Full, f64::from(number)))
            .collect(),
    )
}

#[test]
fn a_message_has_the_important_first_and_one_line_per_alert() {
    let digest = digest(one_of_each());
    assert_eq!(
        digest.subject,
        "Kiro 2026-11-20: above budget, 1 late source, 1 used up, 2 near allowance, 1 overage, 1 spike"
    );
    assert_eq!(
        digest.plain_text(),
        "\
As of 2026-11-20

Forecast above the budget
- The forecast for 2026-11 is 5,210.40 USD, above the budget of 5,000.00 USD; overage is 310.40 USD of it

Late data
- user_report of account 123456789012, Region eu-central-1: the newest day is 2026-11-14, 7 days ago

Allowance used up
- Bo (Payments, Pro): 100 % of the allowance, 1,005 of 1,000 credits

Near the allowance
- Di (Payments, Pro): 99 % of the allowance, 999.9 of 1,000 credits; at this rate it ends on 2026-11-25
- Cy (Payments, Pro): 75 % of the allowance, 751 of 1,000 credits; at this rate it ends on 2026-11-25

Overage has begun
- Bo (Payments, Pro): 5 overage credits in 2026-11, 0.20 USD

Far more than usual
- Ann Lee (Payments, Pro): 412 credits on 2026-11-20, on other days 38.5
"
    );
    assert_eq!(Digest::new(Vec::new()), None);
}

#[test]
fn a_message_without_names_has_ids() {
    let alerts = one_of_each().into_iter().map(Alert::without_name);
    let digest = digest(alerts.collect());
    let texts = [
        WebhookFormat::Slack,
        WebhookFormat::Teams,
        WebhookFormat::Json,
    ]
    .map(|format| digest.webhook_body(format).to_string());
    for text in texts.iter().chain([&digest.plain_text()]) {
        assert!(!text.contains("Ann Lee"), "{text}");
        assert!(text.contains("id-of-ann-lee"), "{text}");
    }
}

#[test]
fn a_slack_message_has_a_fallback_and_sections_within_the_limits() {
    let body = digest(one_of_each()).webhook_body(WebhookFormat::Slack);
    assert!(
        body["text"]
            .as_str()
            .unwrap()
            .starts_with("Kiro 2026-11-20: ")
    );
    assert_eq!(body["blocks"][0]["type"], "header");
    assert_eq!(body["blocks"][0]["text"]["type"], "plain_text");
    assert_eq!(
        body["blocks"][1]["text"]["text"],
        "*Forecast above the budget*\n• The forecast for 2026-11 is 5,210.40 USD, above the budget of 5,000.00 USD; overage is 310.40 USD of it"
    );
    let body = crowd().webhook_body(WebhookFormat::Slack);
    let blocks = body["blocks"].as_array().unwrap();
    assert!(blocks.len() <= 50);
    let letters =
        |block: &serde_json::Value| block["text"]["text"].as_str().unwrap().chars().count();
    assert!(letters(&blocks[0]) <= 150);
    assert!(blocks.iter().all(|block| letters(block) <= 3_000));
    assert!(blocks.iter().map(letters).sum::<usize>() <= 13_000);
    let last = blocks.last().unwrap()["text"]["text"].as_str().unwrap();
    assert!(
        last.starts_with("… and ") && last.ends_with(" more"),
        "{last}"
    );
}

#[test]
fn a_name_is_no_markup_and_no_mention() {
    let name = "<!channel> & *x* [y](https://example.com)\nBudget";
    let digest = digest(vec![allowance(name, AllowanceLevel::Full, 1_000.0)]);
    let slack = digest.webhook_body(WebhookFormat::Slack);
    let section = slack["blocks"][1]["text"]["text"].as_str().unwrap();
    assert!(section.contains("&lt;!channel&gt; &amp; "), "{section}");
    assert_eq!(section.lines().count(), 2, "{section}");
    let teams = digest.webhook_body(WebhookFormat::Teams);
    let card = &teams["attachments"][0]["content"]["body"];
    let line = card[2]["text"].as_str().unwrap();
    assert!(line.contains("\\*x\\* \\[y\\]("), "{line}");
    assert_eq!(digest.plain_text().lines().count(), 4);
}

#[test]
fn a_teams_message_is_one_adaptive_card_of_less_than_28_kilobytes() {
    let body = digest(one_of_each()).webhook_body(WebhookFormat::Teams);
    assert_eq!(body["type"], "message");
    let attachment = &body["attachments"][0];
    assert_eq!(
        attachment["contentType"],
        "application/vnd.microsoft.card.adaptive"
    );
    let card = &attachment["content"];
    assert_eq!(
        (&card["type"], &card["version"]),
        (&"AdaptiveCard".into(), &"1.4".into())
    );
    assert_eq!(card["body"].as_array().unwrap().len(), 1 + 6 + 7);
    assert!(crowd().webhook_body(WebhookFormat::Teams).to_string().len() < 28_000);
}

#[test]
fn json_has_every_alert() {
    let body = crowd().webhook_body(WebhookFormat::Json);
    assert_eq!(body["alerts"].as_array().unwrap().len(), 3_000);
    let body = digest(one_of_each()).webhook_body(WebhookFormat::Json);
    assert_eq!(body["alerts"][0]["rule"], "budget");
    assert_eq!(body["alerts"][2]["level"], "full");
    assert_eq!(body["alerts"][2]["person"]["user_id"], "id-of-bo");
    assert_eq!(body["alerts"][2]["cycle"], "2026-11");
}

#[test]
fn a_mail_is_within_the_limits_of_amazon_sns() {
    let digest = crowd();
    assert!(digest.plain_text().len() < 262_144);
    for digest in [digest, self::digest(one_of_each())] {
        assert!(digest.subject.len() <= MAX_SUBJECT_LETTERS && digest.subject.is_ascii());
        assert!(!digest.subject.contains(char::is_control));
    }
}

#[test]
fn of_a_group_the_largest_come_first() {
    let digest = crowd();
    let used = |alert: &Alert| match alert.event {
        Event::Allowance { credits_used, .. } => credits_used,
        _ => 0.0,
    };
    assert!(
        digest
            .alerts
            .is_sorted_by(|one, other| used(one) >= used(other))
    );
}
