-- code_counters: each counter of the legacy report: its total, and how many users have any; which metrics are used here
WITH sums AS (
    SELECT
        SUM(c.chat_aicodelines) AS chat_aicodelines,
        COUNT(CASE WHEN c.chat_aicodelines > 0 THEN 1 END) AS chat_aicodelines_users,
        SUM(c.chat_messagesinteracted) AS chat_messagesinteracted,
        COUNT(CASE WHEN c.chat_messagesinteracted > 0 THEN 1 END) AS chat_messagesinteracted_users,
        SUM(c.chat_messagessent) AS chat_messagessent,
        COUNT(CASE WHEN c.chat_messagessent > 0 THEN 1 END) AS chat_messagessent_users,
        SUM(c.codefix_acceptanceeventcount) AS codefix_acceptanceeventcount,
        COUNT(CASE WHEN c.codefix_acceptanceeventcount > 0 THEN 1 END) AS codefix_acceptanceeventcount_users,
        SUM(c.codefix_acceptedlines) AS codefix_acceptedlines,
        COUNT(CASE WHEN c.codefix_acceptedlines > 0 THEN 1 END) AS codefix_acceptedlines_users,
        SUM(c.codefix_generatedlines) AS codefix_generatedlines,
        COUNT(CASE WHEN c.codefix_generatedlines > 0 THEN 1 END) AS codefix_generatedlines_users,
        SUM(c.codefix_generationeventcount) AS codefix_generationeventcount,
        COUNT(CASE WHEN c.codefix_generationeventcount > 0 THEN 1 END) AS codefix_generationeventcount_users,
        SUM(c.codereview_failedeventcount) AS codereview_failedeventcount,
        COUNT(CASE WHEN c.codereview_failedeventcount > 0 THEN 1 END) AS codereview_failedeventcount_users,
        SUM(c.codereview_findingscount) AS codereview_findingscount,
        COUNT(CASE WHEN c.codereview_findingscount > 0 THEN 1 END) AS codereview_findingscount_users,
        SUM(c.codereview_succeededeventcount) AS codereview_succeededeventcount,
        COUNT(CASE WHEN c.codereview_succeededeventcount > 0 THEN 1 END) AS codereview_succeededeventcount_users,
        SUM(c.dev_acceptanceeventcount) AS dev_acceptanceeventcount,
        COUNT(CASE WHEN c.dev_acceptanceeventcount > 0 THEN 1 END) AS dev_acceptanceeventcount_users,
        SUM(c.dev_acceptedlines) AS dev_acceptedlines,
        COUNT(CASE WHEN c.dev_acceptedlines > 0 THEN 1 END) AS dev_acceptedlines_users,
        SUM(c.dev_generatedlines) AS dev_generatedlines,
        COUNT(CASE WHEN c.dev_generatedlines > 0 THEN 1 END) AS dev_generatedlines_users,
        SUM(c.dev_generationeventcount) AS dev_generationeventcount,
        COUNT(CASE WHEN c.dev_generationeventcount > 0 THEN 1 END) AS dev_generationeventcount_users,
        SUM(c.docgeneration_acceptedfileupdates) AS docgeneration_acceptedfileupdates,
        COUNT(CASE WHEN c.docgeneration_acceptedfileupdates > 0 THEN 1 END) AS docgeneration_acceptedfileupdates_users,
        SUM(c.docgeneration_acceptedfilescreations) AS docgeneration_acceptedfilescreations,
        COUNT(CASE WHEN c.docgeneration_acceptedfilescreations > 0 THEN 1 END) AS docgeneration_acceptedfilescreations_users,
        SUM(c.docgeneration_acceptedlineadditions) AS docgeneration_acceptedlineadditions,
        COUNT(CASE WHEN c.docgeneration_acceptedlineadditions > 0 THEN 1 END) AS docgeneration_acceptedlineadditions_users,
        SUM(c.docgeneration_acceptedlineupdates) AS docgeneration_acceptedlineupdates,
        COUNT(CASE WHEN c.docgeneration_acceptedlineupdates > 0 THEN 1 END) AS docgeneration_acceptedlineupdates_users,
        SUM(c.docgeneration_eventcount) AS docgeneration_eventcount,
        COUNT(CASE WHEN c.docgeneration_eventcount > 0 THEN 1 END) AS docgeneration_eventcount_users,
        SUM(c.docgeneration_rejectedfilecreations) AS docgeneration_rejectedfilecreations,
        COUNT(CASE WHEN c.docgeneration_rejectedfilecreations > 0 THEN 1 END) AS docgeneration_rejectedfilecreations_users,
        SUM(c.docgeneration_rejectedfileupdates) AS docgeneration_rejectedfileupdates,
        COUNT(CASE WHEN c.docgeneration_rejectedfileupdates > 0 THEN 1 END) AS docgeneration_rejectedfileupdates_users,
        SUM(c.docgeneration_rejectedlineadditions) AS docgeneration_rejectedlineadditions,
        COUNT(CASE WHEN c.docgeneration_rejectedlineadditions > 0 THEN 1 END) AS docgeneration_rejectedlineadditions_users,
        SUM(c.docgeneration_rejectedlineupdates) AS docgeneration_rejectedlineupdates,
        COUNT(CASE WHEN c.docgeneration_rejectedlineupdates > 0 THEN 1 END) AS docgeneration_rejectedlineupdates_users,
        SUM(c.inlinechat_acceptanceeventcount) AS inlinechat_acceptanceeventcount,
        COUNT(CASE WHEN c.inlinechat_acceptanceeventcount > 0 THEN 1 END) AS inlinechat_acceptanceeventcount_users,
        SUM(c.inlinechat_acceptedlineadditions) AS inlinechat_acceptedlineadditions,
        COUNT(CASE WHEN c.inlinechat_acceptedlineadditions > 0 THEN 1 END) AS inlinechat_acceptedlineadditions_users,
        SUM(c.inlinechat_acceptedlinedeletions) AS inlinechat_acceptedlinedeletions,
        COUNT(CASE WHEN c.inlinechat_acceptedlinedeletions > 0 THEN 1 END) AS inlinechat_acceptedlinedeletions_users,
        SUM(c.inlinechat_dismissaleventcount) AS inlinechat_dismissaleventcount,
        COUNT(CASE WHEN c.inlinechat_dismissaleventcount > 0 THEN 1 END) AS inlinechat_dismissaleventcount_users,
        SUM(c.inlinechat_dismissedlineadditions) AS inlinechat_dismissedlineadditions,
        COUNT(CASE WHEN c.inlinechat_dismissedlineadditions > 0 THEN 1 END) AS inlinechat_dismissedlineadditions_users,
        SUM(c.inlinechat_dismissedlinedeletions) AS inlinechat_dismissedlinedeletions,
        COUNT(CASE WHEN c.inlinechat_dismissedlinedeletions > 0 THEN 1 END) AS inlinechat_dismissedlinedeletions_users,
        SUM(c.inlinechat_rejectedlineadditions) AS inlinechat_rejectedlineadditions,
        COUNT(CASE WHEN c.inlinechat_rejectedlineadditions > 0 THEN 1 END) AS inlinechat_rejectedlineadditions_users,
        SUM(c.inlinechat_rejectedlinedeletions) AS inlinechat_rejectedlinedeletions,
        COUNT(CASE WHEN c.inlinechat_rejectedlinedeletions > 0 THEN 1 END) AS inlinechat_rejectedlinedeletions_users,
        SUM(c.inlinechat_rejectioneventcount) AS inlinechat_rejectioneventcount,
        COUNT(CASE WHEN c.inlinechat_rejectioneventcount > 0 THEN 1 END) AS inlinechat_rejectioneventcount_users,
        SUM(c.inlinechat_totaleventcount) AS inlinechat_totaleventcount,
        COUNT(CASE WHEN c.inlinechat_totaleventcount > 0 THEN 1 END) AS inlinechat_totaleventcount_users,
        SUM(c.inline_aicodelines) AS inline_aicodelines,
        COUNT(CASE WHEN c.inline_aicodelines > 0 THEN 1 END) AS inline_aicodelines_users,
        SUM(c.inline_acceptancecount) AS inline_acceptancecount,
        COUNT(CASE WHEN c.inline_acceptancecount > 0 THEN 1 END) AS inline_acceptancecount_users,
        SUM(c.inline_suggestionscount) AS inline_suggestionscount,
        COUNT(CASE WHEN c.inline_suggestionscount > 0 THEN 1 END) AS inline_suggestionscount_users,
        SUM(c.testgeneration_acceptedlines) AS testgeneration_acceptedlines,
        COUNT(CASE WHEN c.testgeneration_acceptedlines > 0 THEN 1 END) AS testgeneration_acceptedlines_users,
        SUM(c.testgeneration_acceptedtests) AS testgeneration_acceptedtests,
        COUNT(CASE WHEN c.testgeneration_acceptedtests > 0 THEN 1 END) AS testgeneration_acceptedtests_users,
        SUM(c.testgeneration_eventcount) AS testgeneration_eventcount,
        COUNT(CASE WHEN c.testgeneration_eventcount > 0 THEN 1 END) AS testgeneration_eventcount_users,
        SUM(c.testgeneration_generatedlines) AS testgeneration_generatedlines,
        COUNT(CASE WHEN c.testgeneration_generatedlines > 0 THEN 1 END) AS testgeneration_generatedlines_users,
        SUM(c.testgeneration_generatedtests) AS testgeneration_generatedtests,
        COUNT(CASE WHEN c.testgeneration_generatedtests > 0 THEN 1 END) AS testgeneration_generatedtests_users,
        SUM(c.transformation_eventcount) AS transformation_eventcount,
        COUNT(CASE WHEN c.transformation_eventcount > 0 THEN 1 END) AS transformation_eventcount_users,
        SUM(c.transformation_linesgenerated) AS transformation_linesgenerated,
        COUNT(CASE WHEN c.transformation_linesgenerated > 0 THEN 1 END) AS transformation_linesgenerated_users,
        SUM(c.transformation_linesingested) AS transformation_linesingested,
        COUNT(CASE WHEN c.transformation_linesingested > 0 THEN 1 END) AS transformation_linesingested_users
    FROM {database}.code_totals AS c
),
listed AS (
    SELECT n.place, n.counter, n.feature, n.meaning
    FROM (
        VALUES
            (1, 'chat_aicodelines', 'Chat', 'lines suggested in chat and taken over'),
            (2, 'chat_messagesinteracted', 'Chat', 'chat messages with a positive interaction'),
            (3, 'chat_messagessent', 'Chat', 'chat messages to and from'),
            (4, 'codefix_acceptanceeventcount', 'Code fix', 'code-review fixes accepted'),
            (5, 'codefix_acceptedlines', 'Code fix', 'lines of accepted fixes'),
            (6, 'codefix_generatedlines', 'Code fix', 'lines suggested as fixes'),
            (7, 'codefix_generationeventcount', 'Code fix', 'fixes suggested'),
            (8, 'codereview_failedeventcount', 'Code review', 'issues found for which no fix could be suggested'),
            (9, 'codereview_findingscount', 'Code review', 'issues found'),
            (10, 'codereview_succeededeventcount', 'Code review', 'issues found with a suggested fix'),
            (11, 'dev_acceptanceeventcount', 'Dev', '/dev: features accepted'),
            (12, 'dev_acceptedlines', 'Dev', '/dev: lines accepted'),
            (13, 'dev_generatedlines', 'Dev', '/dev: lines suggested'),
            (14, 'dev_generationeventcount', 'Dev', '/dev: features suggested'),
            (15, 'docgeneration_acceptedfileupdates', 'Documentation', '/doc: file updates accepted'),
            (16, 'docgeneration_acceptedfilescreations', 'Documentation', '/doc: file creations accepted'),
            (17, 'docgeneration_acceptedlineadditions', 'Documentation', '/doc: line additions accepted'),
            (18, 'docgeneration_acceptedlineupdates', 'Documentation', '/doc: line updates accepted'),
            (19, 'docgeneration_eventcount', 'Documentation', 'times /doc was used'),
            (20, 'docgeneration_rejectedfilecreations', 'Documentation', '/doc: file creations rejected'),
            (21, 'docgeneration_rejectedfileupdates', 'Documentation', '/doc: file updates rejected'),
            (22, 'docgeneration_rejectedlineadditions', 'Documentation', '/doc: line additions rejected'),
            (23, 'docgeneration_rejectedlineupdates', 'Documentation', '/doc: line updates rejected'),
            (24, 'inlinechat_acceptanceeventcount', 'Inline chat', 'inline-chat suggestions accepted'),
            (25, 'inlinechat_acceptedlineadditions', 'Inline chat', 'lines added by accepted inline-chat suggestions'),
            (26, 'inlinechat_acceptedlinedeletions', 'Inline chat', 'lines deleted by accepted inline-chat suggestions'),
            (27, 'inlinechat_dismissaleventcount', 'Inline chat', 'inline-chat suggestions neither accepted nor rejected'),
            (28, 'inlinechat_dismissedlineadditions', 'Inline chat', 'added lines of dismissed inline-chat suggestions'),
            (29, 'inlinechat_dismissedlinedeletions', 'Inline chat', 'deleted lines of dismissed inline-chat suggestions'),
            (30, 'inlinechat_rejectedlineadditions', 'Inline chat', 'added lines of rejected inline-chat suggestions'),
            (31, 'inlinechat_rejectedlinedeletions', 'Inline chat', 'deleted lines of rejected inline-chat suggestions'),
            (32, 'inlinechat_rejectioneventcount', 'Inline chat', 'inline-chat suggestions rejected'),
            (33, 'inlinechat_totaleventcount', 'Inline chat', 'inline-chat uses'),
            (34, 'inline_aicodelines', 'Inline suggestions', 'accepted lines of inline suggestions'),
            (35, 'inline_acceptancecount', 'Inline suggestions', 'inline suggestions accepted'),
            (36, 'inline_suggestionscount', 'Inline suggestions', 'inline suggestions shown'),
            (37, 'testgeneration_acceptedlines', 'Test generation', '/test: lines accepted'),
            (38, 'testgeneration_acceptedtests', 'Test generation', '/test: tests accepted'),
            (39, 'testgeneration_eventcount', 'Test generation', 'times /test was used'),
            (40, 'testgeneration_generatedlines', 'Test generation', '/test: lines suggested'),
            (41, 'testgeneration_generatedtests', 'Test generation', '/test: tests suggested'),
            (42, 'transformation_eventcount', 'Transformation', 'times /transform was used, without the CLI'),
            (43, 'transformation_linesgenerated', 'Transformation', '/transform: lines suggested, without the CLI'),
            (44, 'transformation_linesingested', 'Transformation', '/transform: lines given, without the CLI and SQL conversions')
    ) AS n (place, counter, feature, meaning)
)
SELECT
    CAST(l.place AS bigint) AS place,  -- bigint: place in the legacy report
    l.counter AS counter,  -- varchar: name of the counter, the same as its column elsewhere
    l.feature AS feature,  -- varchar: what it belongs to
    l.meaning AS meaning,  -- varchar: what it counts
    CASE l.counter
        WHEN 'chat_aicodelines' THEN COALESCE(t.chat_aicodelines, CAST(0 AS bigint))
        WHEN 'chat_messagesinteracted' THEN COALESCE(t.chat_messagesinteracted, CAST(0 AS bigint))
        WHEN 'chat_messagessent' THEN COALESCE(t.chat_messagessent, CAST(0 AS bigint))
        WHEN 'codefix_acceptanceeventcount' THEN COALESCE(t.codefix_acceptanceeventcount, CAST(0 AS bigint))
        WHEN 'codefix_acceptedlines' THEN COALESCE(t.codefix_acceptedlines, CAST(0 AS bigint))
        WHEN 'codefix_generatedlines' THEN COALESCE(t.codefix_generatedlines, CAST(0 AS bigint))
        WHEN 'codefix_generationeventcount' THEN COALESCE(t.codefix_generationeventcount, CAST(0 AS bigint))
        WHEN 'codereview_failedeventcount' THEN COALESCE(t.codereview_failedeventcount, CAST(0 AS bigint))
        WHEN 'codereview_findingscount' THEN COALESCE(t.codereview_findingscount, CAST(0 AS bigint))
        WHEN 'codereview_succeededeventcount' THEN COALESCE(t.codereview_succeededeventcount, CAST(0 AS bigint))
        WHEN 'dev_acceptanceeventcount' THEN COALESCE(t.dev_acceptanceeventcount, CAST(0 AS bigint))
        WHEN 'dev_acceptedlines' THEN COALESCE(t.dev_acceptedlines, CAST(0 AS bigint))
        WHEN 'dev_generatedlines' THEN COALESCE(t.dev_generatedlines, CAST(0 AS bigint))
        WHEN 'dev_generationeventcount' THEN COALESCE(t.dev_generationeventcount, CAST(0 AS bigint))
        WHEN 'docgeneration_acceptedfileupdates' THEN COALESCE(t.docgeneration_acceptedfileupdates, CAST(0 AS bigint))
        WHEN 'docgeneration_acceptedfilescreations' THEN COALESCE(t.docgeneration_acceptedfilescreations, CAST(0 AS bigint))
        WHEN 'docgeneration_acceptedlineadditions' THEN COALESCE(t.docgeneration_acceptedlineadditions, CAST(0 AS bigint))
        WHEN 'docgeneration_acceptedlineupdates' THEN COALESCE(t.docgeneration_acceptedlineupdates, CAST(0 AS bigint))
        WHEN 'docgeneration_eventcount' THEN COALESCE(t.docgeneration_eventcount, CAST(0 AS bigint))
        WHEN 'docgeneration_rejectedfilecreations' THEN COALESCE(t.docgeneration_rejectedfilecreations, CAST(0 AS bigint))
        WHEN 'docgeneration_rejectedfileupdates' THEN COALESCE(t.docgeneration_rejectedfileupdates, CAST(0 AS bigint))
        WHEN 'docgeneration_rejectedlineadditions' THEN COALESCE(t.docgeneration_rejectedlineadditions, CAST(0 AS bigint))
        WHEN 'docgeneration_rejectedlineupdates' THEN COALESCE(t.docgeneration_rejectedlineupdates, CAST(0 AS bigint))
        WHEN 'inlinechat_acceptanceeventcount' THEN COALESCE(t.inlinechat_acceptanceeventcount, CAST(0 AS bigint))
        WHEN 'inlinechat_acceptedlineadditions' THEN COALESCE(t.inlinechat_acceptedlineadditions, CAST(0 AS bigint))
        WHEN 'inlinechat_acceptedlinedeletions' THEN COALESCE(t.inlinechat_acceptedlinedeletions, CAST(0 AS bigint))
        WHEN 'inlinechat_dismissaleventcount' THEN COALESCE(t.inlinechat_dismissaleventcount, CAST(0 AS bigint))
        WHEN 'inlinechat_dismissedlineadditions' THEN COALESCE(t.inlinechat_dismissedlineadditions, CAST(0 AS bigint))
        WHEN 'inlinechat_dismissedlinedeletions' THEN COALESCE(t.inlinechat_dismissedlinedeletions, CAST(0 AS bigint))
        WHEN 'inlinechat_rejectedlineadditions' THEN COALESCE(t.inlinechat_rejectedlineadditions, CAST(0 AS bigint))
        WHEN 'inlinechat_rejectedlinedeletions' THEN COALESCE(t.inlinechat_rejectedlinedeletions, CAST(0 AS bigint))
        WHEN 'inlinechat_rejectioneventcount' THEN COALESCE(t.inlinechat_rejectioneventcount, CAST(0 AS bigint))
        WHEN 'inlinechat_totaleventcount' THEN COALESCE(t.inlinechat_totaleventcount, CAST(0 AS bigint))
        WHEN 'inline_aicodelines' THEN COALESCE(t.inline_aicodelines, CAST(0 AS bigint))
        WHEN 'inline_acceptancecount' THEN COALESCE(t.inline_acceptancecount, CAST(0 AS bigint))
        WHEN 'inline_suggestionscount' THEN COALESCE(t.inline_suggestionscount, CAST(0 AS bigint))
        WHEN 'testgeneration_acceptedlines' THEN COALESCE(t.testgeneration_acceptedlines, CAST(0 AS bigint))
        WHEN 'testgeneration_acceptedtests' THEN COALESCE(t.testgeneration_acceptedtests, CAST(0 AS bigint))
        WHEN 'testgeneration_eventcount' THEN COALESCE(t.testgeneration_eventcount, CAST(0 AS bigint))
        WHEN 'testgeneration_generatedlines' THEN COALESCE(t.testgeneration_generatedlines, CAST(0 AS bigint))
        WHEN 'testgeneration_generatedtests' THEN COALESCE(t.testgeneration_generatedtests, CAST(0 AS bigint))
        WHEN 'transformation_eventcount' THEN COALESCE(t.transformation_eventcount, CAST(0 AS bigint))
        WHEN 'transformation_linesgenerated' THEN COALESCE(t.transformation_linesgenerated, CAST(0 AS bigint))
        WHEN 'transformation_linesingested' THEN COALESCE(t.transformation_linesingested, CAST(0 AS bigint))
    END AS total,  -- bigint: sum over the whole history
    CASE l.counter
        WHEN 'chat_aicodelines' THEN t.chat_aicodelines_users
        WHEN 'chat_messagesinteracted' THEN t.chat_messagesinteracted_users
        WHEN 'chat_messagessent' THEN t.chat_messagessent_users
        WHEN 'codefix_acceptanceeventcount' THEN t.codefix_acceptanceeventcount_users
        WHEN 'codefix_acceptedlines' THEN t.codefix_acceptedlines_users
        WHEN 'codefix_generatedlines' THEN t.codefix_generatedlines_users
        WHEN 'codefix_generationeventcount' THEN t.codefix_generationeventcount_users
        WHEN 'codereview_failedeventcount' THEN t.codereview_failedeventcount_users
        WHEN 'codereview_findingscount' THEN t.codereview_findingscount_users
        WHEN 'codereview_succeededeventcount' THEN t.codereview_succeededeventcount_users
        WHEN 'dev_acceptanceeventcount' THEN t.dev_acceptanceeventcount_users
        WHEN 'dev_acceptedlines' THEN t.dev_acceptedlines_users
        WHEN 'dev_generatedlines' THEN t.dev_generatedlines_users
        WHEN 'dev_generationeventcount' THEN t.dev_generationeventcount_users
        WHEN 'docgeneration_acceptedfileupdates' THEN t.docgeneration_acceptedfileupdates_users
        WHEN 'docgeneration_acceptedfilescreations' THEN t.docgeneration_acceptedfilescreations_users
        WHEN 'docgeneration_acceptedlineadditions' THEN t.docgeneration_acceptedlineadditions_users
        WHEN 'docgeneration_acceptedlineupdates' THEN t.docgeneration_acceptedlineupdates_users
        WHEN 'docgeneration_eventcount' THEN t.docgeneration_eventcount_users
        WHEN 'docgeneration_rejectedfilecreations' THEN t.docgeneration_rejectedfilecreations_users
        WHEN 'docgeneration_rejectedfileupdates' THEN t.docgeneration_rejectedfileupdates_users
        WHEN 'docgeneration_rejectedlineadditions' THEN t.docgeneration_rejectedlineadditions_users
        WHEN 'docgeneration_rejectedlineupdates' THEN t.docgeneration_rejectedlineupdates_users
        WHEN 'inlinechat_acceptanceeventcount' THEN t.inlinechat_acceptanceeventcount_users
        WHEN 'inlinechat_acceptedlineadditions' THEN t.inlinechat_acceptedlineadditions_users
        WHEN 'inlinechat_acceptedlinedeletions' THEN t.inlinechat_acceptedlinedeletions_users
        WHEN 'inlinechat_dismissaleventcount' THEN t.inlinechat_dismissaleventcount_users
        WHEN 'inlinechat_dismissedlineadditions' THEN t.inlinechat_dismissedlineadditions_users
        WHEN 'inlinechat_dismissedlinedeletions' THEN t.inlinechat_dismissedlinedeletions_users
        WHEN 'inlinechat_rejectedlineadditions' THEN t.inlinechat_rejectedlineadditions_users
        WHEN 'inlinechat_rejectedlinedeletions' THEN t.inlinechat_rejectedlinedeletions_users
        WHEN 'inlinechat_rejectioneventcount' THEN t.inlinechat_rejectioneventcount_users
        WHEN 'inlinechat_totaleventcount' THEN t.inlinechat_totaleventcount_users
        WHEN 'inline_aicodelines' THEN t.inline_aicodelines_users
        WHEN 'inline_acceptancecount' THEN t.inline_acceptancecount_users
        WHEN 'inline_suggestionscount' THEN t.inline_suggestionscount_users
        WHEN 'testgeneration_acceptedlines' THEN t.testgeneration_acceptedlines_users
        WHEN 'testgeneration_acceptedtests' THEN t.testgeneration_acceptedtests_users
        WHEN 'testgeneration_eventcount' THEN t.testgeneration_eventcount_users
        WHEN 'testgeneration_generatedlines' THEN t.testgeneration_generatedlines_users
        WHEN 'testgeneration_generatedtests' THEN t.testgeneration_generatedtests_users
        WHEN 'transformation_eventcount' THEN t.transformation_eventcount_users
        WHEN 'transformation_linesgenerated' THEN t.transformation_linesgenerated_users
        WHEN 'transformation_linesingested' THEN t.transformation_linesingested_users
    END AS users  -- bigint: users with more than 0
FROM listed AS l
CROSS JOIN sums AS t
