-- user_days: one row per user and day over all clients, accounts and Regions
-- by day: yes
SELECT
    b.user_id AS user_id,  -- varchar: canonical user id
    b.activity_date AS activity_date,  -- date: an active day
    b.chat_conversations AS chat_conversations,  -- bigint: conversations
    b.total_messages AS total_messages,  -- bigint: messages to and from Kiro
    b.credits_used AS credits_used,  -- double: credits used
    b.overage_credits_used AS overage_credits_used,  -- double: overage credits of the day
    b.base_credits_used AS base_credits_used,  -- double: credits without overage, never below zero
    b.overage_enabled AS overage_enabled,  -- boolean: whether overage was on in any row
    b.new_user AS new_user,  -- boolean: a subscription of the user was activated that day
    b.tier_rank AS tier_rank,  -- bigint: order of the user's one tier of the day: the largest of several
    b.lowest_tier_rank AS lowest_tier_rank,  -- bigint: order of the smallest; differs where the day has several tiers
    l.tier_label AS subscription_tier  -- varchar: the user's one tier of the day
FROM (
    SELECT
        f.user_id,
        f.activity_date,
        SUM(COALESCE(f.chat_conversations, CAST(0 AS bigint))) AS chat_conversations,
        SUM(COALESCE(f.total_messages, CAST(0 AS bigint))) AS total_messages,
        SUM(CASE WHEN f.is_abnormal THEN 0e0 ELSE COALESCE(f.credits_used, 0e0) END) AS credits_used,
        SUM(CASE WHEN f.is_abnormal THEN 0e0 ELSE COALESCE(o.overage_credits_used, f.overage_credits_used, 0e0) END) AS overage_credits_used,
        SUM(CASE WHEN f.is_abnormal THEN 0e0 ELSE greatest(COALESCE(f.credits_used, 0e0) - COALESCE(o.overage_credits_used, f.overage_credits_used, 0e0), 0e0) END) AS base_credits_used,
        BOOL_OR(COALESCE(f.overage_enabled, FALSE)) AS overage_enabled,
        BOOL_OR(COALESCE(f.new_user, FALSE)) AS new_user,
        MAX(l.tier_rank) AS tier_rank,
        MIN(l.tier_rank) AS lowest_tier_rank
    FROM {database}.report_facts AS f
    LEFT JOIN {database}.overage_days AS o ON o.part_id = f.part_id AND o.line = f.line
    JOIN {database}.tier_labels AS l ON l.tier_code = COALESCE(f.subscription_tier, '')
    GROUP BY f.user_id, f.activity_date
) AS b
JOIN {database}.tier_labels AS l ON l.tier_rank = b.tier_rank
