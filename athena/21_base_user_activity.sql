-- base_user_activity: user_report per user, day, client, account, Region, profile and tier, with labels; a missing count is 0
-- by day: yes
SELECT
    f.activity_date AS activity_date,  -- date: day of the activity
    f.user_id AS user_id,  -- varchar: canonical user id
    d.email AS email,  -- varchar: the user's latest address, or its digest; NULL if none
    d.user_label AS user_label,  -- varchar: the user's label, the same on all days
    d.idc_username AS idc_username,  -- varchar: user name in the directory
    d.idc_email AS idc_email,  -- varchar: address in the directory, or its digest
    d.team AS team,  -- varchar: team in the identity map; NULL if none
    d.cost_center AS cost_center,  -- varchar: cost centre in the identity map; NULL if none
    f.client_type AS client_type,  -- varchar: KIRO_IDE, KIRO_CLI, PLUGIN, or what the export says
    l.tier_label AS subscription_tier,  -- varchar: tier of that row
    d.subscription_tier AS user_tier,  -- varchar: the user's current tier, the same on all days
    f.profile_id AS profile_id,  -- varchar: ARN of the Kiro profile
    COALESCE(f.new_user, FALSE) AS new_user,  -- boolean: the subscription was activated that day
    COALESCE(f.chat_conversations, CAST(0 AS bigint)) AS chat_conversations,  -- bigint: conversations
    COALESCE(f.total_messages, CAST(0 AS bigint)) AS total_messages,  -- bigint: messages to and from Kiro
    CASE WHEN f.is_abnormal THEN 0e0 ELSE COALESCE(f.credits_used, 0e0) END AS credits_used,  -- double: credits used; 0 where abnormal
    f.overage_cap AS overage_cap,  -- double: overage limit, or a preset of the plan where overage is off; NULL if not exported
    CASE WHEN f.is_abnormal THEN 0e0 ELSE COALESCE(o.overage_credits_used, f.overage_credits_used, 0e0) END AS overage_credits_used,  -- double: overage credits of the day; 0 where abnormal
    COALESCE(f.overage_enabled, FALSE) AS overage_enabled,  -- boolean: whether overage is on
    CASE WHEN f.is_abnormal THEN 0e0 ELSE greatest(COALESCE(f.credits_used, 0e0) - COALESCE(o.overage_credits_used, f.overage_credits_used, 0e0), 0e0) END AS base_credits_used,  -- double: credits without overage, never below zero
    f.usage_limit AS usage_limit,  -- double: the plan's credits per month; NULL if not exported
    f.source_account AS source_account,  -- varchar: account of the row; '' if unknown
    f.source_region AS source_region,  -- varchar: Region of the row; '' if unknown
    CASE WHEN f.overage_enabled = FALSE AND f.overage_cap > 0e0 THEN f.overage_cap END AS cap_preset,  -- double: overage cap of a row with overage off, an estimate of the plan's credits; else NULL
    d.sources AS sources,  -- bigint: accounts and Regions the user appears under
    CASE WHEN f.is_abnormal THEN COALESCE(f.credits_used, 0e0) ELSE 0e0 END AS abnormal_credits_used,  -- double: credits left out as implausible
    d.is_split AS is_split,  -- boolean: the user may have several rows of one day and client
    l.tier_rank AS tier_rank,  -- bigint: order of the row's tier
    d.user_number AS user_number  -- bigint: narrow key of the user
FROM {database}.report_facts AS f
LEFT JOIN {database}.overage_days AS o ON o.part_id = f.part_id AND o.line = f.line
JOIN {database}.user_dim AS d ON d.user_id = f.user_id
JOIN {database}.tier_labels AS l ON l.tier_code = COALESCE(f.subscription_tier, '')
