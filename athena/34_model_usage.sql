-- model_usage: messages per user, day, client, model and row of report_facts
-- by day: yes
SELECT
    m.activity_date AS activity_date,  -- date: day of the activity
    m.user_id AS user_id,  -- varchar: canonical user id
    d.user_label AS user_label,  -- varchar: the user's label
    m.client_type AS client_type,  -- varchar: KIRO_IDE, KIRO_CLI, PLUGIN, or what the export says
    l.tier_label AS subscription_tier,  -- varchar: tier of that row
    d.subscription_tier AS user_tier,  -- varchar: the user's current tier
    d.team AS team,  -- varchar: team in the identity map; NULL if none
    d.cost_center AS cost_center,  -- varchar: cost centre in the identity map; NULL if none
    m.model_name AS model_name,  -- varchar: the model
    m.messages AS messages,  -- bigint: messages served by the model, above zero
    m.source_account AS source_account,  -- varchar: account of the row; '' if unknown
    m.source_region AS source_region,  -- varchar: Region of the row; '' if unknown
    d.user_number AS user_number  -- bigint: narrow key of the user
FROM {database}.report_models AS m
JOIN {database}.user_dim AS d ON d.user_id = m.user_id
JOIN {database}.tier_labels AS l ON l.tier_code = COALESCE(m.subscription_tier, '')
WHERE m.messages > 0
