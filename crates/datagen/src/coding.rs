//! The legacy report's counters of one day.

use kiro_report::{CODE_COUNTERS, Dataset};

use crate::activity::floor_to_u32;
use crate::rng::Rng;
use crate::user::User;

/// Number of counters of the legacy report.
pub(crate) const COUNTERS: usize = CODE_COUNTERS.len();

const FIRST_COUNTER: usize = Dataset::Code.index_of(CODE_COUNTERS[0].name);

/// The counters of one user. Most users use inline suggestions and chat only.
pub(crate) fn counters(user: &User, rng: &mut Rng) -> [u32; COUNTERS] {
    let mut counters = [0; COUNTERS];
    macro_rules! put {
        ($counter:literal, $value:expr) => {
            counters[const { Dataset::Code.index_of($counter) - FIRST_COUNTER }] = $value
        };
    }
    let amount = |rng: &mut Rng, most: f64| floor_to_u32(most * user.coding * rng.unit() * 1.6);
    let suggested = amount(rng, 120.0);
    let accepted = floor_to_u32(f64::from(suggested) * rng.between(0.12, 0.42));
    put!(
        "inline_aicodelines",
        floor_to_u32(f64::from(accepted) * rng.between(1.2, 3.4))
    );
    put!("inline_acceptancecount", accepted);
    put!("inline_suggestionscount", suggested);
    let messages = amount(rng, 40.0);
    put!("chat_messagessent", messages);
    put!(
        "chat_messagesinteracted",
        floor_to_u32(f64::from(messages) * rng.between(0.0, 0.4))
    );
    put!("chat_aicodelines", amount(rng, 90.0));
    if rng.chance(0.18) {
        let (events, added) = (1 + amount(rng, 8.0), amount(rng, 60.0));
        let taken = floor_to_u32(f64::from(events) * rng.between(0.3, 0.9));
        let refused = (events - taken) / 2;
        put!("inlinechat_acceptanceeventcount", taken);
        put!("inlinechat_acceptedlineadditions", added);
        put!("inlinechat_acceptedlinedeletions", added / 4);
        put!("inlinechat_dismissaleventcount", events - taken - refused);
        put!("inlinechat_dismissedlineadditions", added / 8);
        put!("inlinechat_dismissedlinedeletions", added / 20);
        put!("inlinechat_rejectedlineadditions", added / 6);
        put!("inlinechat_rejectedlinedeletions", added / 18);
        put!("inlinechat_rejectioneventcount", refused);
        put!("inlinechat_totaleventcount", events);
    }
    if rng.chance(0.08) {
        let lines = 20 + amount(rng, 300.0);
        let offered = 1 + amount(rng, 3.0);
        put!(
            "dev_acceptanceeventcount",
            floor_to_u32(f64::from(offered) * rng.between(0.2, 1.0))
        );
        put!(
            "dev_acceptedlines",
            floor_to_u32(f64::from(lines) * rng.between(0.2, 0.9))
        );
        put!("dev_generatedlines", lines);
        put!("dev_generationeventcount", offered);
    }
    if rng.chance(0.07) {
        let findings = 1 + amount(rng, 12.0);
        let fixable = floor_to_u32(f64::from(findings) * rng.between(0.4, 1.0));
        put!("codereview_failedeventcount", findings - fixable);
        put!("codereview_findingscount", findings);
        put!("codereview_succeededeventcount", fixable);
        put!("codefix_generationeventcount", fixable);
        put!(
            "codefix_acceptanceeventcount",
            floor_to_u32(f64::from(fixable) * rng.between(0.2, 0.9))
        );
        put!("codefix_generatedlines", fixable * 4);
        put!(
            "codefix_acceptedlines",
            floor_to_u32(f64::from(fixable * 4) * rng.between(0.2, 0.9))
        );
    }
    if rng.chance(0.05) {
        let tests = 1 + amount(rng, 9.0);
        let taken = floor_to_u32(f64::from(tests) * rng.between(0.3, 1.0));
        put!("testgeneration_acceptedlines", taken * 14);
        put!("testgeneration_acceptedtests", taken);
        put!("testgeneration_eventcount", 1 + tests / 6);
        put!("testgeneration_generatedlines", tests * 14);
        put!("testgeneration_generatedtests", tests);
    }
    if rng.chance(0.03) {
        let lines = amount(rng, 120.0);
        put!("docgeneration_acceptedfilescreations", 1);
        put!("docgeneration_acceptedlineadditions", lines);
        put!("docgeneration_acceptedlineupdates", lines / 5);
        put!("docgeneration_eventcount", 2);
        put!("docgeneration_rejectedlineadditions", lines / 4);
    }
    if rng.chance(0.004) {
        let lines = 400 + amount(rng, 4000.0);
        put!("transformation_eventcount", 1);
        put!("transformation_linesgenerated", lines);
        put!("transformation_linesingested", lines * 2);
    }
    counters
}
