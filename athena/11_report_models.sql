-- report_models: messages per model, of the rows that report_facts keeps
-- by day: yes
SELECT
    m.activity_date AS activity_date,  -- date: day of the activity
    m.user_id AS user_id,  -- varchar: canonical user id
    m.client_type AS client_type,  -- varchar: KIRO_IDE, KIRO_CLI, PLUGIN, or what the export says
    m.subscription_tier AS subscription_tier,  -- varchar: canonical tier code of that day; NULL if blank
    m.model_name AS model_name,  -- varchar: header without `_messages`
    m.messages AS messages,  -- bigint: messages served by the model, above zero
    m.source_account AS source_account,  -- varchar: account of the row; '' if unknown
    m.source_region AS source_region,  -- varchar: Region of the row; '' if unknown
    m.line AS line,  -- bigint: line in the export, from 1
    m.part_id AS part_id  -- varchar: the part's 16 hexadecimal digits
FROM {database}.report_models_raw AS m
-- The facts part is written last. Model rows without a facts part are of an interrupted run and do not count.
WHERE m.part_id IN (SELECT DISTINCT f.part_id FROM {database}.report_facts_raw AS f)
AND NOT EXISTS (
    SELECT 1 FROM {database}.superseded AS s
    WHERE s.dataset = 'facts' AND s.part_id = m.part_id AND s.line = m.line
)
