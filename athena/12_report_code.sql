-- report_code: by_user_analytic rows that count: the latest of each key
-- by day: yes
SELECT
    c.activity_date AS activity_date,  -- date: day of the activity
    c.user_id AS user_id,  -- varchar: canonical user id
    c.chat_aicodelines AS chat_aicodelines,  -- bigint: lines suggested in chat and taken over
    c.chat_messagesinteracted AS chat_messagesinteracted,  -- bigint: chat messages with a positive interaction
    c.chat_messagessent AS chat_messagessent,  -- bigint: chat messages to and from
    c.codefix_acceptanceeventcount AS codefix_acceptanceeventcount,  -- bigint: code-review fixes accepted
    c.codefix_acceptedlines AS codefix_acceptedlines,  -- bigint: lines of accepted fixes
    c.codefix_generatedlines AS codefix_generatedlines,  -- bigint: lines suggested as fixes
    c.codefix_generationeventcount AS codefix_generationeventcount,  -- bigint: fixes suggested
    c.codereview_failedeventcount AS codereview_failedeventcount,  -- bigint: issues found for which no fix could be suggested
    c.codereview_findingscount AS codereview_findingscount,  -- bigint: issues found
    c.codereview_succeededeventcount AS codereview_succeededeventcount,  -- bigint: issues found with a suggested fix
    c.dev_acceptanceeventcount AS dev_acceptanceeventcount,  -- bigint: /dev: features accepted
    c.dev_acceptedlines AS dev_acceptedlines,  -- bigint: /dev: lines accepted
    c.dev_generatedlines AS dev_generatedlines,  -- bigint: /dev: lines suggested
    c.dev_generationeventcount AS dev_generationeventcount,  -- bigint: /dev: features suggested
    c.docgeneration_acceptedfileupdates AS docgeneration_acceptedfileupdates,  -- bigint: /doc: file updates accepted
    c.docgeneration_acceptedfilescreations AS docgeneration_acceptedfilescreations,  -- bigint: /doc: file creations accepted
    c.docgeneration_acceptedlineadditions AS docgeneration_acceptedlineadditions,  -- bigint: /doc: line additions accepted
    c.docgeneration_acceptedlineupdates AS docgeneration_acceptedlineupdates,  -- bigint: /doc: line updates accepted
    c.docgeneration_eventcount AS docgeneration_eventcount,  -- bigint: times /doc was used
    c.docgeneration_rejectedfilecreations AS docgeneration_rejectedfilecreations,  -- bigint: /doc: file creations rejected
    c.docgeneration_rejectedfileupdates AS docgeneration_rejectedfileupdates,  -- bigint: /doc: file updates rejected
    c.docgeneration_rejectedlineadditions AS docgeneration_rejectedlineadditions,  -- bigint: /doc: line additions rejected
    c.docgeneration_rejectedlineupdates AS docgeneration_rejectedlineupdates,  -- bigint: /doc: line updates rejected
    c.inlinechat_acceptanceeventcount AS inlinechat_acceptanceeventcount,  -- bigint: inline-chat suggestions accepted
    c.inlinechat_acceptedlineadditions AS inlinechat_acceptedlineadditions,  -- bigint: lines added by accepted inline-chat suggestions
    c.inlinechat_acceptedlinedeletions AS inlinechat_acceptedlinedeletions,  -- bigint: lines deleted by accepted inline-chat suggestions
    c.inlinechat_dismissaleventcount AS inlinechat_dismissaleventcount,  -- bigint: inline-chat suggestions neither accepted nor rejected
    c.inlinechat_dismissedlineadditions AS inlinechat_dismissedlineadditions,  -- bigint: added lines of dismissed inline-chat suggestions
    c.inlinechat_dismissedlinedeletions AS inlinechat_dismissedlinedeletions,  -- bigint: deleted lines of dismissed inline-chat suggestions
    c.inlinechat_rejectedlineadditions AS inlinechat_rejectedlineadditions,  -- bigint: added lines of rejected inline-chat suggestions
    c.inlinechat_rejectedlinedeletions AS inlinechat_rejectedlinedeletions,  -- bigint: deleted lines of rejected inline-chat suggestions
    c.inlinechat_rejectioneventcount AS inlinechat_rejectioneventcount,  -- bigint: inline-chat suggestions rejected
    c.inlinechat_totaleventcount AS inlinechat_totaleventcount,  -- bigint: inline-chat uses
    c.inline_aicodelines AS inline_aicodelines,  -- bigint: accepted lines of inline suggestions
    c.inline_acceptancecount AS inline_acceptancecount,  -- bigint: inline suggestions accepted
    c.inline_suggestionscount AS inline_suggestionscount,  -- bigint: inline suggestions shown
    c.testgeneration_acceptedlines AS testgeneration_acceptedlines,  -- bigint: /test: lines accepted
    c.testgeneration_acceptedtests AS testgeneration_acceptedtests,  -- bigint: /test: tests accepted
    c.testgeneration_eventcount AS testgeneration_eventcount,  -- bigint: times /test was used
    c.testgeneration_generatedlines AS testgeneration_generatedlines,  -- bigint: /test: lines suggested
    c.testgeneration_generatedtests AS testgeneration_generatedtests,  -- bigint: /test: tests suggested
    c.transformation_eventcount AS transformation_eventcount,  -- bigint: times /transform was used, without the CLI
    c.transformation_linesgenerated AS transformation_linesgenerated,  -- bigint: /transform: lines suggested, without the CLI
    c.transformation_linesingested AS transformation_linesingested,  -- bigint: /transform: lines given, without the CLI and SQL conversions
    c.source_account AS source_account,  -- varchar: account of the row; '' if unknown
    c.source_region AS source_region,  -- varchar: Region of the row; '' if unknown
    CASE WHEN g.user_id IS NULL THEN {free_text(c.extra)} END AS extra,  -- varchar: cells of unknown columns, a JSON object; NULL when addresses are hashed, and for a forgotten user
    c.line AS line,  -- bigint: line in the export, from 1
    c.src_path AS src_path,  -- varchar: key of the export
    c.export_ts AS export_ts,  -- varchar: when the export was made, YYYYMMDDHHMM
    c.part_id AS part_id,  -- varchar: the part's 16 hexadecimal digits
    c.processed_ts AS processed_ts,  -- varchar: when the part was written, UTC, YYYYMMDDHHMMSS
    c.modified_ts AS modified_ts  -- varchar: when the export was last modified, UTC; NULL in parts of earlier versions
FROM {database}.report_code_raw AS c
LEFT JOIN {database}.forgotten_users AS g ON g.user_id = c.user_id
WHERE NOT EXISTS (
    SELECT 1 FROM {database}.superseded AS s
    WHERE s.dataset = 'code' AND s.part_id = c.part_id AND s.line = c.line
)
