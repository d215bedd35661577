-- code_totals: each user of the legacy report over the whole history; ratios are of sums, so weighted by volume
WITH days AS (
    SELECT c.user_number, COUNT(DISTINCT c.activity_date) AS active_days
    FROM {database}.code_activity AS c
    GROUP BY c.user_number
),
sums AS (
    SELECT
        c.user_number,
        MIN(c.activity_date) AS first_active_date,
        MAX(c.activity_date) AS last_active_date,
        SUM(c.chat_aicodelines) AS chat_aicodelines,
        SUM(c.chat_messagesinteracted) AS chat_messagesinteracted,
        SUM(c.chat_messagessent) AS chat_messagessent,
        SUM(c.codefix_acceptanceeventcount) AS codefix_acceptanceeventcount,
        SUM(c.codefix_acceptedlines) AS codefix_acceptedlines,
        SUM(c.codefix_generatedlines) AS codefix_generatedlines,
        SUM(c.codefix_generationeventcount) AS codefix_generationeventcount,
        SUM(c.codereview_failedeventcount) AS codereview_failedeventcount,
        SUM(c.codereview_findingscount) AS codereview_findingscount,
        SUM(c.codereview_succeededeventcount) AS codereview_succeededeventcount,
        SUM(c.dev_acceptanceeventcount) AS dev_acceptanceeventcount,
        SUM(c.dev_acceptedlines) AS dev_acceptedlines,
        SUM(c.dev_generatedlines) AS dev_generatedlines,
        SUM(c.dev_generationeventcount) AS dev_generationeventcount,
        SUM(c.docgeneration_acceptedfileupdates) AS docgeneration_acceptedfileupdates,
        SUM(c.docgeneration_acceptedfilescreations) AS docgeneration_acceptedfilescreations,
        SUM(c.docgeneration_acceptedlineadditions) AS docgeneration_acceptedlineadditions,
        SUM(c.docgeneration_acceptedlineupdates) AS docgeneration_acceptedlineupdates,
        SUM(c.docgeneration_eventcount) AS docgeneration_eventcount,
        SUM(c.docgeneration_rejectedfilecreations) AS docgeneration_rejectedfilecreations,
        SUM(c.docgeneration_rejectedfileupdates) AS docgeneration_rejectedfileupdates,
        SUM(c.docgeneration_rejectedlineadditions) AS docgeneration_rejectedlineadditions,
        SUM(c.docgeneration_rejectedlineupdates) AS docgeneration_rejectedlineupdates,
        SUM(c.inlinechat_acceptanceeventcount) AS inlinechat_acceptanceeventcount,
        SUM(c.inlinechat_acceptedlineadditions) AS inlinechat_acceptedlineadditions,
        SUM(c.inlinechat_acceptedlinedeletions) AS inlinechat_acceptedlinedeletions,
        SUM(c.inlinechat_dismissaleventcount) AS inlinechat_dismissaleventcount,
        SUM(c.inlinechat_dismissedlineadditions) AS inlinechat_dismissedlineadditions,
        SUM(c.inlinechat_dismissedlinedeletions) AS inlinechat_dismissedlinedeletions,
        SUM(c.inlinechat_rejectedlineadditions) AS inlinechat_rejectedlineadditions,
        SUM(c.inlinechat_rejectedlinedeletions) AS inlinechat_rejectedlinedeletions,
        SUM(c.inlinechat_rejectioneventcount) AS inlinechat_rejectioneventcount,
        SUM(c.inlinechat_totaleventcount) AS inlinechat_totaleventcount,
        SUM(c.inline_aicodelines) AS inline_aicodelines,
        SUM(c.inline_acceptancecount) AS inline_acceptancecount,
        SUM(c.inline_suggestionscount) AS inline_suggestionscount,
        SUM(c.testgeneration_acceptedlines) AS testgeneration_acceptedlines,
        SUM(c.testgeneration_acceptedtests) AS testgeneration_acceptedtests,
        SUM(c.testgeneration_eventcount) AS testgeneration_eventcount,
        SUM(c.testgeneration_generatedlines) AS testgeneration_generatedlines,
        SUM(c.testgeneration_generatedtests) AS testgeneration_generatedtests,
        SUM(c.transformation_eventcount) AS transformation_eventcount,
        SUM(c.transformation_linesgenerated) AS transformation_linesgenerated,
        SUM(c.transformation_linesingested) AS transformation_linesingested,
        SUM(c.total_ai_code_lines) AS total_ai_code_lines
    FROM {database}.code_activity AS c
    GROUP BY c.user_number
)
SELECT
    d.user_id AS user_id,  -- varchar: canonical user id
    d.user_label AS user_label,  -- varchar: the user's label
    d.email AS email,  -- varchar: latest non-empty address of the exports, or its digest; NULL if none
    d.idc_username AS idc_username,  -- varchar: user name in the directory
    d.team AS team,  -- varchar: team in the identity map; NULL if none
    d.cost_center AS cost_center,  -- varchar: cost centre in the identity map; NULL if none
    d.subscription_tier AS user_tier,  -- varchar: the user's current tier
    t.first_active_date AS first_active_date,  -- date: first day in the legacy report
    t.last_active_date AS last_active_date,  -- date: last day in the legacy report
    a.active_days AS active_days,  -- bigint: different days in the legacy report
    t.chat_aicodelines AS chat_aicodelines,  -- bigint: lines suggested in chat and taken over
    t.chat_messagesinteracted AS chat_messagesinteracted,  -- bigint: chat messages with a positive interaction
    t.chat_messagessent AS chat_messagessent,  -- bigint: chat messages to and from
    t.codefix_acceptanceeventcount AS codefix_acceptanceeventcount,  -- bigint: code-review fixes accepted
    t.codefix_acceptedlines AS codefix_acceptedlines,  -- bigint: lines of accepted fixes
    t.codefix_generatedlines AS codefix_generatedlines,  -- bigint: lines suggested as fixes
    t.codefix_generationeventcount AS codefix_generationeventcount,  -- bigint: fixes suggested
    t.codereview_failedeventcount AS codereview_failedeventcount,  -- bigint: issues found for which no fix could be suggested
    t.codereview_findingscount AS codereview_findingscount,  -- bigint: issues found
    t.codereview_succeededeventcount AS codereview_succeededeventcount,  -- bigint: issues found with a suggested fix
    t.dev_acceptanceeventcount AS dev_acceptanceeventcount,  -- bigint: /dev: features accepted
    t.dev_acceptedlines AS dev_acceptedlines,  -- bigint: /dev: lines accepted
    t.dev_generatedlines AS dev_generatedlines,  -- bigint: /dev: lines suggested
    t.dev_generationeventcount AS dev_generationeventcount,  -- bigint: /dev: features suggested
    t.docgeneration_acceptedfileupdates AS docgeneration_acceptedfileupdates,  -- bigint: /doc: file updates accepted
    t.docgeneration_acceptedfilescreations AS docgeneration_acceptedfilescreations,  -- bigint: /doc: file creations accepted
    t.docgeneration_acceptedlineadditions AS docgeneration_acceptedlineadditions,  -- bigint: /doc: line additions accepted
    t.docgeneration_acceptedlineupdates AS docgeneration_acceptedlineupdates,  -- bigint: /doc: line updates accepted
    t.docgeneration_eventcount AS docgeneration_eventcount,  -- bigint: times /doc was used
    t.docgeneration_rejectedfilecreations AS docgeneration_rejectedfilecreations,  -- bigint: /doc: file creations rejected
    t.docgeneration_rejectedfileupdates AS docgeneration_rejectedfileupdates,  -- bigint: /doc: file updates rejected
    t.docgeneration_rejectedlineadditions AS docgeneration_rejectedlineadditions,  -- bigint: /doc: line additions rejected
    t.docgeneration_rejectedlineupdates AS docgeneration_rejectedlineupdates,  -- bigint: /doc: line updates rejected
    t.inlinechat_acceptanceeventcount AS inlinechat_acceptanceeventcount,  -- bigint: inline-chat suggestions accepted
    t.inlinechat_acceptedlineadditions AS inlinechat_acceptedlineadditions,  -- bigint: lines added by accepted inline-chat suggestions
    t.inlinechat_acceptedlinedeletions AS inlinechat_acceptedlinedeletions,  -- bigint: lines deleted by accepted inline-chat suggestions
    t.inlinechat_dismissaleventcount AS inlinechat_dismissaleventcount,  -- bigint: inline-chat suggestions neither accepted nor rejected
    t.inlinechat_dismissedlineadditions AS inlinechat_dismissedlineadditions,  -- bigint: added lines of dismissed inline-chat suggestions
    t.inlinechat_dismissedlinedeletions AS inlinechat_dismissedlinedeletions,  -- bigint: deleted lines of dismissed inline-chat suggestions
    t.inlinechat_rejectedlineadditions AS inlinechat_rejectedlineadditions,  -- bigint: added lines of rejected inline-chat suggestions
    t.inlinechat_rejectedlinedeletions AS inlinechat_rejectedlinedeletions,  -- bigint: deleted lines of rejected inline-chat suggestions
    t.inlinechat_rejectioneventcount AS inlinechat_rejectioneventcount,  -- bigint: inline-chat suggestions rejected
    t.inlinechat_totaleventcount AS inlinechat_totaleventcount,  -- bigint: inline-chat uses
    t.inline_aicodelines AS inline_aicodelines,  -- bigint: accepted lines of inline suggestions
    t.inline_acceptancecount AS inline_acceptancecount,  -- bigint: inline suggestions accepted
    t.inline_suggestionscount AS inline_suggestionscount,  -- bigint: inline suggestions shown
    t.testgeneration_acceptedlines AS testgeneration_acceptedlines,  -- bigint: /test: lines accepted
    t.testgeneration_acceptedtests AS testgeneration_acceptedtests,  -- bigint: /test: tests accepted
    t.testgeneration_eventcount AS testgeneration_eventcount,  -- bigint: times /test was used
    t.testgeneration_generatedlines AS testgeneration_generatedlines,  -- bigint: /test: lines suggested
    t.testgeneration_generatedtests AS testgeneration_generatedtests,  -- bigint: /test: tests suggested
    t.transformation_eventcount AS transformation_eventcount,  -- bigint: times /transform was used, without the CLI
    t.transformation_linesgenerated AS transformation_linesgenerated,  -- bigint: /transform: lines suggested, without the CLI
    t.transformation_linesingested AS transformation_linesingested,  -- bigint: /transform: lines given, without the CLI and SQL conversions
    t.total_ai_code_lines AS total_ai_code_lines,  -- bigint: lines from chat and from inline suggestions
    CAST(t.chat_messagesinteracted AS double) / NULLIF(CAST(t.chat_messagessent AS double), 0e0) AS chat_interaction_rate,  -- double: chat messages with a positive interaction / chat messages; NULL without any
    CAST(t.chat_messagessent AS double) / NULLIF(CAST(t.chat_messagesinteracted AS double), 0e0) AS messages_per_interaction,  -- double: chat messages / those with a positive interaction; NULL without any
    CAST(t.inline_acceptancecount AS double) / NULLIF(CAST(t.inline_suggestionscount AS double), 0e0) AS inline_acceptance_rate,  -- double: inline suggestions accepted / shown; NULL without any
    CAST(t.inline_aicodelines AS double) / NULLIF(CAST(t.inline_acceptancecount AS double), 0e0) AS inline_lines_per_acceptance,  -- double: accepted inline lines / inline suggestions accepted; NULL without any
    CAST(t.inlinechat_acceptanceeventcount AS double) / NULLIF(CAST(t.inlinechat_totaleventcount AS double), 0e0) AS inlinechat_acceptance_rate,  -- double: inline-chat suggestions accepted / uses; NULL without any
    CAST(t.inlinechat_rejectioneventcount AS double) / NULLIF(CAST(t.inlinechat_totaleventcount AS double), 0e0) AS inlinechat_rejection_rate,  -- double: inline-chat suggestions rejected / uses; NULL without any
    CAST(t.inlinechat_dismissaleventcount AS double) / NULLIF(CAST(t.inlinechat_totaleventcount AS double), 0e0) AS inlinechat_dismissal_rate,  -- double: inline-chat suggestions dismissed / uses; NULL without any
    CAST(t.dev_acceptanceeventcount AS double) / NULLIF(CAST(t.dev_generationeventcount AS double), 0e0) AS dev_acceptance_rate,  -- double: /dev features accepted / suggested; NULL without any
    CAST(t.dev_acceptedlines AS double) / NULLIF(CAST(t.dev_generatedlines AS double), 0e0) AS dev_line_acceptance_rate,  -- double: /dev lines accepted / suggested; NULL without any
    CAST(t.codefix_acceptanceeventcount AS double) / NULLIF(CAST(t.codefix_generationeventcount AS double), 0e0) AS codefix_acceptance_rate,  -- double: fixes accepted / suggested; NULL without any
    CAST(t.codefix_acceptedlines AS double) / NULLIF(CAST(t.codefix_generatedlines AS double), 0e0) AS codefix_line_acceptance_rate,  -- double: fix lines accepted / suggested; NULL without any
    CAST(t.codereview_succeededeventcount AS double) / NULLIF(CAST(t.codereview_succeededeventcount + t.codereview_failedeventcount AS double), 0e0) AS codereview_fix_rate,  -- double: issues with a suggested fix / issues with and without one; NULL without any
    CAST(t.testgeneration_acceptedtests AS double) / NULLIF(CAST(t.testgeneration_generatedtests AS double), 0e0) AS testgeneration_acceptance_rate,  -- double: tests accepted / suggested; NULL without any
    CAST(t.testgeneration_acceptedlines AS double) / NULLIF(CAST(t.testgeneration_generatedlines AS double), 0e0) AS testgeneration_line_acceptance_rate,  -- double: test lines accepted / suggested; NULL without any
    CAST(t.docgeneration_acceptedfileupdates + t.docgeneration_acceptedfilescreations AS double) / NULLIF(CAST(t.docgeneration_acceptedfileupdates + t.docgeneration_acceptedfilescreations + t.docgeneration_rejectedfileupdates + t.docgeneration_rejectedfilecreations AS double), 0e0) AS docgeneration_file_acceptance_rate,  -- double: /doc files accepted / accepted and rejected; NULL without any
    CAST(t.docgeneration_acceptedlineadditions + t.docgeneration_acceptedlineupdates AS double) / NULLIF(CAST(t.docgeneration_acceptedlineadditions + t.docgeneration_acceptedlineupdates + t.docgeneration_rejectedlineadditions + t.docgeneration_rejectedlineupdates AS double), 0e0) AS docgeneration_line_acceptance_rate,  -- double: /doc lines accepted / accepted and rejected; NULL without any
    CAST(t.transformation_linesgenerated AS double) / NULLIF(CAST(t.transformation_linesingested AS double), 0e0) AS transformation_amplification,  -- double: /transform lines suggested / given; NULL without any
    CAST(t.chat_messagessent AS double) / CAST(a.active_days AS double) AS chat_messages_per_day,  -- double: chat messages / active days
    CAST(t.inline_suggestionscount AS double) / CAST(a.active_days AS double) AS inline_suggestions_per_day,  -- double: inline suggestions shown / active days
    CAST(t.total_ai_code_lines AS double) / CAST(a.active_days AS double) AS ai_code_lines_per_day,  -- double: AI code lines / active days
    CASE
        WHEN CAST(t.total_ai_code_lines AS double) / CAST(a.active_days AS double) > CAST(s.heavy_lines AS double) THEN 'Heavy'
        WHEN CAST(t.total_ai_code_lines AS double) / CAST(a.active_days AS double) > CAST(s.medium_lines AS double) THEN 'Medium'
        ELSE 'Light'
    END AS code_segment,  -- varchar: Heavy, Medium or Light, by the configured AI code lines per active day
    CASE
        WHEN CAST(t.chat_messagessent AS double) / CAST(a.active_days AS double) > CAST(s.heavy_chat_messages AS double) THEN 'Heavy Chat User'
        WHEN CAST(t.inline_suggestionscount AS double) / CAST(a.active_days AS double) > CAST(s.heavy_inline_suggestions AS double) THEN 'Heavy Code Assistant'
        WHEN CAST(t.chat_messagessent AS double) / CAST(a.active_days AS double) > CAST(s.regular_chat_messages AS double) THEN 'Regular User'
        ELSE 'Light User'
    END AS usage_style  -- varchar: Heavy Chat User, Heavy Code Assistant, Regular User or Light User, by the configured messages and suggestions per active day
FROM sums AS t
JOIN days AS a ON a.user_number = t.user_number
JOIN {database}.user_dim AS d ON d.user_number = t.user_number
CROSS JOIN {database}.settings AS s
