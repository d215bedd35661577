-- code_activity: by_user_analytic per user, day, account and Region; a missing counter is 0
-- by day: yes
SELECT
    c.activity_date AS activity_date,  -- date: day of the activity
    c.user_id AS user_id,  -- varchar: canonical user id
    d.user_label AS user_label,  -- varchar: the user's label
    d.team AS team,  -- varchar: team in the identity map; NULL if none
    d.cost_center AS cost_center,  -- varchar: cost centre in the identity map; NULL if none
    d.subscription_tier AS user_tier,  -- varchar: the user's current tier
    c.source_account AS source_account,  -- varchar: account of the row; '' if unknown
    c.source_region AS source_region,  -- varchar: Region of the row; '' if unknown
    COALESCE(c.chat_aicodelines, CAST(0 AS bigint)) AS chat_aicodelines,  -- bigint: lines suggested in chat and taken over
    COALESCE(c.chat_messagesinteracted, CAST(0 AS bigint)) AS chat_messagesinteracted,  -- bigint: chat messages with a positive interaction
    COALESCE(c.chat_messagessent, CAST(0 AS bigint)) AS chat_messagessent,  -- bigint: chat messages to and from
    COALESCE(c.codefix_acceptanceeventcount, CAST(0 AS bigint)) AS codefix_acceptanceeventcount,  -- bigint: code-review fixes accepted
    COALESCE(c.codefix_acceptedlines, CAST(0 AS bigint)) AS codefix_acceptedlines,  -- bigint: lines of accepted fixes
    COALESCE(c.codefix_generatedlines, CAST(0 AS bigint)) AS codefix_generatedlines,  -- bigint: lines suggested as fixes
    COALESCE(c.codefix_generationeventcount, CAST(0 AS bigint)) AS codefix_generationeventcount,  -- bigint: fixes suggested
    COALESCE(c.codereview_failedeventcount, CAST(0 AS bigint)) AS codereview_failedeventcount,  -- bigint: issues found for which no fix could be suggested
    COALESCE(c.codereview_findingscount, CAST(0 AS bigint)) AS codereview_findingscount,  -- bigint: issues found
    COALESCE(c.codereview_succeededeventcount, CAST(0 AS bigint)) AS codereview_succeededeventcount,  -- bigint: issues found with a suggested fix
    COALESCE(c.dev_acceptanceeventcount, CAST(0 AS bigint)) AS dev_acceptanceeventcount,  -- bigint: /dev: features accepted
    COALESCE(c.dev_acceptedlines, CAST(0 AS bigint)) AS dev_acceptedlines,  -- bigint: /dev: lines accepted
    COALESCE(c.dev_generatedlines, CAST(0 AS bigint)) AS dev_generatedlines,  -- bigint: /dev: lines suggested
    COALESCE(c.dev_generationeventcount, CAST(0 AS bigint)) AS dev_generationeventcount,  -- bigint: /dev: features suggested
    COALESCE(c.docgeneration_acceptedfileupdates, CAST(0 AS bigint)) AS docgeneration_acceptedfileupdates,  -- bigint: /doc: file updates accepted
    COALESCE(c.docgeneration_acceptedfilescreations, CAST(0 AS bigint)) AS docgeneration_acceptedfilescreations,  -- bigint: /doc: file creations accepted
    COALESCE(c.docgeneration_acceptedlineadditions, CAST(0 AS bigint)) AS docgeneration_acceptedlineadditions,  -- bigint: /doc: line additions accepted
    COALESCE(c.docgeneration_acceptedlineupdates, CAST(0 AS bigint)) AS docgeneration_acceptedlineupdates,  -- bigint: /doc: line updates accepted
    COALESCE(c.docgeneration_eventcount, CAST(0 AS bigint)) AS docgeneration_eventcount,  -- bigint: times /doc was used
    COALESCE(c.docgeneration_rejectedfilecreations, CAST(0 AS bigint)) AS docgeneration_rejectedfilecreations,  -- bigint: /doc: file creations rejected
    COALESCE(c.docgeneration_rejectedfileupdates, CAST(0 AS bigint)) AS docgeneration_rejectedfileupdates,  -- bigint: /doc: file updates rejected
    COALESCE(c.docgeneration_rejectedlineadditions, CAST(0 AS bigint)) AS docgeneration_rejectedlineadditions,  -- bigint: /doc: line additions rejected
    COALESCE(c.docgeneration_rejectedlineupdates, CAST(0 AS bigint)) AS docgeneration_rejectedlineupdates,  -- bigint: /doc: line updates rejected
    COALESCE(c.inlinechat_acceptanceeventcount, CAST(0 AS bigint)) AS inlinechat_acceptanceeventcount,  -- bigint: inline-chat suggestions accepted
    COALESCE(c.inlinechat_acceptedlineadditions, CAST(0 AS bigint)) AS inlinechat_acceptedlineadditions,  -- bigint: lines added by accepted inline-chat suggestions
    COALESCE(c.inlinechat_acceptedlinedeletions, CAST(0 AS bigint)) AS inlinechat_acceptedlinedeletions,  -- bigint: lines deleted by accepted inline-chat suggestions
    COALESCE(c.inlinechat_dismissaleventcount, CAST(0 AS bigint)) AS inlinechat_dismissaleventcount,  -- bigint: inline-chat suggestions neither accepted nor rejected
    COALESCE(c.inlinechat_dismissedlineadditions, CAST(0 AS bigint)) AS inlinechat_dismissedlineadditions,  -- bigint: added lines of dismissed inline-chat suggestions
    COALESCE(c.inlinechat_dismissedlinedeletions, CAST(0 AS bigint)) AS inlinechat_dismissedlinedeletions,  -- bigint: deleted lines of dismissed inline-chat suggestions
    COALESCE(c.inlinechat_rejectedlineadditions, CAST(0 AS bigint)) AS inlinechat_rejectedlineadditions,  -- bigint: added lines of rejected inline-chat suggestions
    COALESCE(c.inlinechat_rejectedlinedeletions, CAST(0 AS bigint)) AS inlinechat_rejectedlinedeletions,  -- bigint: deleted lines of rejected inline-chat suggestions
    COALESCE(c.inlinechat_rejectioneventcount, CAST(0 AS bigint)) AS inlinechat_rejectioneventcount,  -- bigint: inline-chat suggestions rejected
    COALESCE(c.inlinechat_totaleventcount, CAST(0 AS bigint)) AS inlinechat_totaleventcount,  -- bigint: inline-chat uses
    COALESCE(c.inline_aicodelines, CAST(0 AS bigint)) AS inline_aicodelines,  -- bigint: accepted lines of inline suggestions
    COALESCE(c.inline_acceptancecount, CAST(0 AS bigint)) AS inline_acceptancecount,  -- bigint: inline suggestions accepted
    COALESCE(c.inline_suggestionscount, CAST(0 AS bigint)) AS inline_suggestionscount,  -- bigint: inline suggestions shown
    COALESCE(c.testgeneration_acceptedlines, CAST(0 AS bigint)) AS testgeneration_acceptedlines,  -- bigint: /test: lines accepted
    COALESCE(c.testgeneration_acceptedtests, CAST(0 AS bigint)) AS testgeneration_acceptedtests,  -- bigint: /test: tests accepted
    COALESCE(c.testgeneration_eventcount, CAST(0 AS bigint)) AS testgeneration_eventcount,  -- bigint: times /test was used
    COALESCE(c.testgeneration_generatedlines, CAST(0 AS bigint)) AS testgeneration_generatedlines,  -- bigint: /test: lines suggested
    COALESCE(c.testgeneration_generatedtests, CAST(0 AS bigint)) AS testgeneration_generatedtests,  -- bigint: /test: tests suggested
    COALESCE(c.transformation_eventcount, CAST(0 AS bigint)) AS transformation_eventcount,  -- bigint: times /transform was used, without the CLI
    COALESCE(c.transformation_linesgenerated, CAST(0 AS bigint)) AS transformation_linesgenerated,  -- bigint: /transform: lines suggested, without the CLI
    COALESCE(c.transformation_linesingested, CAST(0 AS bigint)) AS transformation_linesingested,  -- bigint: /transform: lines given, without the CLI and SQL conversions
    COALESCE(c.chat_aicodelines, CAST(0 AS bigint)) + COALESCE(c.inline_aicodelines, CAST(0 AS bigint)) AS total_ai_code_lines,  -- bigint: lines from chat and from inline suggestions
    CAST(COALESCE(c.inline_acceptancecount, CAST(0 AS bigint)) AS double) / NULLIF(CAST(COALESCE(c.inline_suggestionscount, CAST(0 AS bigint)) AS double), 0e0) AS inline_acceptance_rate,  -- double: inline suggestions accepted / shown; of several rows divide the sums
    d.user_number AS user_number  -- bigint: narrow key of the user
FROM {database}.report_code AS c
JOIN {database}.user_dim AS d ON d.user_id = c.user_id
