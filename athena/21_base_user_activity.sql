-- base_user_activity: user_report per user, day, client, account and Region, with labels; a missing count is 0
-- by day: yes
SELECT
    f.activity_date AS activity_date,  -- date: day of the activity
    f.user_id AS user_id,  -- varchar: canonical user id
    d.email AS email,  -- varchar: the user's latest address, or its digest; NULL if none
    d.user_label AS user_label,  -- varchar: the user's label, the same on all days
    d.idc_username AS idc_username,  -- varchar: user name in the directory
    d.idc_email AS idc_email,  -- varchar: address in the directory, or its digest
    d.team AS team,  -- varchar: team in the identity map; NULL if none
    f.client_type AS client_type,  -- varchar: KIRO_IDE, KIRO_CLI, PLUGIN, or what the export says
    l.tier_label AS subscription_tier,  -- varchar: tier of that row
    d.subscription_tier AS user_tier,  -- varchar: the user's current tier, the same on all days
    f.profile_id AS profile_id,  -- varchar: ARN of the Kiro profile
    COALESCE(f.new_user, FALSE) AS new_user,  -- boolean: the subscription was activated that day
    COALESCE(f.chat_conversations, CAST(0 AS bigint)) AS chat_conversations,  -- bigint: conversations
    COALESCE(f.total_messages, CAST(0 AS bigint)) AS total_messages,  -- bigint: messages to and from Kiro
    COALESCE(f.credits_used, 0e0) AS credits_used,  -- double: credits used
    f.overage_cap AS overage_cap,  -- double: overage limit, or a preset of the plan where overage is off; NULL if not exported
    COALESCE(f.overage_credits_used, 0e0) AS overage_credits_used,  -- double: overage credits as exported
    COALESCE(f.overage_enabled, FALSE) AS overage_enabled,  -- boolean: whether overage is on
    greatest(COALESCE(f.credits_used, 0e0) - COALESCE(f.overage_credits_used, 0e0), 0e0) AS base_credits_used,  -- double: credits without overage, never below zero
    f.usage_limit AS usage_limit,  -- double: the plan's credits per month; NULL if not exported
    f.source_account AS source_account,  -- varchar: account in the export's key; '' for a loose file
    f.source_region AS source_region,  -- varchar: Region in the export's key; '' for a loose file
    CASE WHEN f.overage_enabled = FALSE AND f.overage_cap > 0e0 THEN f.overage_cap END AS cap_preset,  -- double: overage cap of a row with overage off, an estimate of the plan's credits; else NULL
    d.sources AS sources,  -- bigint: accounts and Regions the user appears under
    l.tier_rank AS tier_rank,  -- bigint: order of the row's tier
    d.user_number AS user_number  -- bigint: narrow key of the user
FROM {database}.report_facts AS f
JOIN {database}.user_dim AS d ON d.user_id = f.user_id
JOIN {database}.tier_labels AS l ON l.tier_code = COALESCE(f.subscription_tier, '')
