//! The expected numbers of each visual of *Code activity*.

use crate::expected::facts::Facts;
use crate::expected::measures::{
    active_days, by_user, counters, day, number, of, sums, transposed, user, users,
};

use crate::oracle::{Expected, divide, max, min, sum, table};

#[expect(clippy::too_many_lines, reason = "one line per visual")]
pub(super) fn of_visual(facts: &Facts<'_>, visual: &str) -> Option<Expected> {
    let Facts { chosen, code, .. } = facts;
    Some(match visual {
        "c-kpi-lines" => chosen.code_kpi(sums(&["chat_aicodelines", "inline_aicodelines"])),
        "c-kpi-chat-lines" => chosen.code_kpi(sum("chat_aicodelines")),
        "c-kpi-inline-lines" => chosen.code_kpi(sum("inline_aicodelines")),
        "c-kpi-messages" => chosen.code_kpi(sum("chat_messagessent")),
        "c-kpi-acceptance" => {
            chosen.code_kpi(of("inline_acceptancecount", "inline_suggestionscount"))
        }
        "c-kpi-users" => chosen.code_kpi(users()),
        "c-accept" => table(
            code,
            &[day()],
            &[
                sum("inline_suggestionscount"),
                sum("inline_acceptancecount"),
            ],
        ),
        "c-rate" => table(
            code,
            &[day()],
            &[of("inline_acceptancecount", "inline_suggestionscount")],
        ),
        "c-messages" => table(
            code,
            &[day()],
            &[sum("chat_messagessent"), sum("chat_messagesinteracted")],
        ),
        "c-features" => transposed(
            code,
            None,
            vec![
                ("chat_messagessent", sum("chat_messagessent")),
                ("inline_suggestionscount", sum("inline_suggestionscount")),
                (
                    "inlinechat_totaleventcount",
                    sum("inlinechat_totaleventcount"),
                ),
                (
                    "codereview_events",
                    sums(&[
                        "codereview_failedeventcount",
                        "codereview_succeededeventcount",
                    ]),
                ),
                (
                    "codefix_generationeventcount",
                    sum("codefix_generationeventcount"),
                ),
                (
                    "testgeneration_eventcount",
                    sum("testgeneration_eventcount"),
                ),
                ("docgeneration_eventcount", sum("docgeneration_eventcount")),
                ("dev_generationeventcount", sum("dev_generationeventcount")),
                (
                    "transformation_eventcount",
                    sum("transformation_eventcount"),
                ),
            ],
        ),
        "c-styles" => by_user(code, |rows| {
            let days = number(&active_days(), rows);
            let chat = number(&sum("chat_messagessent"), rows) / days;
            if chat > 50.0 {
                "heavy_chat"
            } else if number(&sum("inline_suggestionscount"), rows) / days > 50.0 {
                "heavy_code"
            } else if chat > 10.0 {
                "regular_user"
            } else {
                "light_user"
            }
        }),
        "c-segments" => by_user(code, |rows| {
            let lines = number(&sums(&["chat_aicodelines", "inline_aicodelines"]), rows)
                / number(&active_days(), rows);
            if lines > 500.0 {
                "heavy"
            } else if lines > 50.0 {
                "medium"
            } else {
                "light"
            }
        }),
        "c-scatter" => {
            let lines = sums(&["chat_aicodelines", "inline_aicodelines"]);
            let rate = of("inline_acceptancecount", "inline_suggestionscount");
            table(
                code,
                &[user()],
                &[sum("inline_suggestionscount"), rate, lines],
            )
        }
        "c-top" => {
            let lines = sums(&["chat_aicodelines", "inline_aicodelines"]);
            table(
                code,
                &[user()],
                &[sum("chat_aicodelines"), sum("inline_aicodelines"), lines],
            )
            .top(10, 2)
        }
        "c-ratios" => transposed(
            code,
            chosen.code_before().as_deref(),
            vec![
                (
                    "interaction_rate",
                    of("chat_messagesinteracted", "chat_messagessent"),
                ),
                (
                    "inline_rate",
                    of("inline_acceptancecount", "inline_suggestionscount"),
                ),
                (
                    "inlinechat_rate",
                    of(
                        "inlinechat_acceptanceeventcount",
                        "inlinechat_totaleventcount",
                    ),
                ),
                (
                    "inlinechat_rejection_rate",
                    of(
                        "inlinechat_rejectioneventcount",
                        "inlinechat_totaleventcount",
                    ),
                ),
                (
                    "inlinechat_dismissal_rate",
                    of(
                        "inlinechat_dismissaleventcount",
                        "inlinechat_totaleventcount",
                    ),
                ),
                (
                    "dev_rate",
                    of("dev_acceptanceeventcount", "dev_generationeventcount"),
                ),
                (
                    "dev_line_rate",
                    of("dev_acceptedlines", "dev_generatedlines"),
                ),
                (
                    "codefix_rate",
                    of(
                        "codefix_acceptanceeventcount",
                        "codefix_generationeventcount",
                    ),
                ),
                (
                    "codefix_line_rate",
                    of("codefix_acceptedlines", "codefix_generatedlines"),
                ),
                (
                    "codereview_rate",
                    divide(
                        sum("codereview_succeededeventcount"),
                        sums(&[
                            "codereview_failedeventcount",
                            "codereview_succeededeventcount",
                        ]),
                    ),
                ),
                (
                    "test_rate",
                    of(
                        "testgeneration_acceptedtests",
                        "testgeneration_generatedtests",
                    ),
                ),
                (
                    "test_line_rate",
                    of(
                        "testgeneration_acceptedlines",
                        "testgeneration_generatedlines",
                    ),
                ),
                (
                    "doc_file_rate",
                    divide(
                        sums(&[
                            "docgeneration_acceptedfileupdates",
                            "docgeneration_acceptedfilescreations",
                        ]),
                        sums(&[
                            "docgeneration_acceptedfileupdates",
                            "docgeneration_acceptedfilescreations",
                            "docgeneration_rejectedfileupdates",
                            "docgeneration_rejectedfilecreations",
                        ]),
                    ),
                ),
                (
                    "doc_line_rate",
                    divide(
                        sums(&[
                            "docgeneration_acceptedlineadditions",
                            "docgeneration_acceptedlineupdates",
                        ]),
                        sums(&[
                            "docgeneration_acceptedlineadditions",
                            "docgeneration_acceptedlineupdates",
                            "docgeneration_rejectedlineadditions",
                            "docgeneration_rejectedlineupdates",
                        ]),
                    ),
                ),
                (
                    "amplification",
                    of(
                        "transformation_linesgenerated",
                        "transformation_linesingested",
                    ),
                ),
            ],
        ),
        "c-counters" => transposed(code, chosen.code_before().as_deref(), counters()),
        "c-inlinechat" => chosen.code_days(&[
            sum("inlinechat_totaleventcount"),
            sum("inlinechat_acceptanceeventcount"),
        ]),
        "c-dev" => chosen.code_days(&[
            sum("dev_generationeventcount"),
            sum("dev_acceptanceeventcount"),
        ]),
        "c-tests" => chosen.code_days(&[
            sum("testgeneration_eventcount"),
            sum("testgeneration_acceptedtests"),
        ]),
        "c-review" => chosen.code_days(&[
            sum("codereview_succeededeventcount"),
            sum("codereview_findingscount"),
        ]),
        "c-codefix" => chosen.code_days(&[
            sum("codefix_generationeventcount"),
            sum("codefix_acceptanceeventcount"),
        ]),
        "c-docs" => chosen.code_days(&[
            sum("docgeneration_eventcount"),
            sums(&[
                "docgeneration_acceptedfileupdates",
                "docgeneration_acceptedfilescreations",
            ]),
        ]),
        "c-transform" => chosen.code_days(&[
            sum("transformation_eventcount"),
            sum("transformation_linesgenerated"),
        ]),
        "c-users" => table(
            code,
            &[user()],
            &[
                sums(&["chat_aicodelines", "inline_aicodelines"]),
                sum("chat_aicodelines"),
                sum("inline_aicodelines"),
                sum("chat_messagessent"),
                sum("inline_suggestionscount"),
                sum("inline_acceptancecount"),
                of("inline_acceptancecount", "inline_suggestionscount"),
                active_days(),
                min("activity_date"),
                max("activity_date"),
            ],
        ),
        _ => return None,
    })
}
