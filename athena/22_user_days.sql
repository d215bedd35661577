-- user_days: one row per user and day over all clients, accounts and Regions
-- by day: yes
SELECT
    f.user_id AS user_id,  -- varchar: canonical user id
    f.activity_date AS activity_date,  -- date: an active day
    SUM(COALESCE(f.chat_conversations, CAST(0 AS bigint))) AS chat_conversations,  -- bigint: conversations
    SUM(COALESCE(f.total_messages, CAST(0 AS bigint))) AS total_messages,  -- bigint: messages to and from Kiro
    SUM(CASE WHEN f.is_abnormal THEN 0e0 ELSE COALESCE(f.credits_used, 0e0) END) AS credits_used,  -- double: credits used
    SUM(CASE WHEN f.is_abnormal THEN 0e0 ELSE COALESCE(o.overage_credits_used, f.overage_credits_used, 0e0) END) AS overage_credits_used,  -- double: overage credits of the day
    SUM(CASE WHEN f.is_abnormal THEN 0e0 ELSE greatest(COALESCE(f.credits_used, 0e0) - COALESCE(o.overage_credits_used, f.overage_credits_used, 0e0), 0e0) END) AS base_credits_used,  -- double: credits without overage, never below zero
    BOOL_OR(COALESCE(f.overage_enabled, FALSE)) AS overage_enabled,  -- boolean: whether overage was on in any row
    BOOL_OR(COALESCE(f.new_user, FALSE)) AS new_user,  -- boolean: a subscription of the user was activated that day
    MAX(l.tier_rank) AS tier_rank,  -- bigint: order of the user's one tier of the day: the largest of several
    MIN(l.tier_rank) AS lowest_tier_rank  -- bigint: order of the smallest; differs where the day has several tiers
FROM {database}.report_facts AS f
LEFT JOIN {database}.overage_days AS o ON o.part_id = f.part_id AND o.line = f.line
JOIN {database}.tier_labels AS l ON l.tier_code = COALESCE(f.subscription_tier, '')
GROUP BY f.user_id, f.activity_date
