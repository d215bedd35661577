-- code_daily: the legacy report per day over all users
WITH users AS (
    SELECT c.activity_date, COUNT(DISTINCT c.user_number) AS active_users
    FROM {database}.code_activity AS c
    GROUP BY c.activity_date
),
sums AS (
    SELECT
        c.activity_date,
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
    GROUP BY c.activity_date
)
SELECT
    t.activity_date AS activity_date,  -- date: the day
    u.active_users AS active_users,  -- bigint: different users in the legacy report
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
    CAST(t.inline_acceptancecount AS double) / NULLIF(CAST(t.inline_suggestionscount AS double), 0e0) AS inline_acceptance_rate  -- double: inline suggestions accepted / shown; NULL without any
FROM sums AS t
JOIN users AS u ON u.activity_date = t.activity_date
