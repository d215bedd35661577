-- user_days: one row per user and day over all clients, accounts and Regions
SELECT
    b.user_number AS user_number,  -- bigint: narrow key of the user
    b.activity_date AS activity_date,  -- date: an active day
    b.chat_conversations AS chat_conversations,  -- bigint: conversations
    b.total_messages AS total_messages,  -- bigint: messages to and from Kiro
    b.credits_used AS credits_used,  -- double: credits used
    b.overage_credits_used AS overage_credits_used,  -- double: sum of the overage credits as exported
    b.base_credits_used AS base_credits_used,  -- double: credits without overage, never below zero
    b.overage_enabled AS overage_enabled,  -- boolean: whether overage was on in any row
    b.new_user AS new_user,  -- boolean: a subscription of the user was activated that day
    b.tier_rank AS tier_rank,  -- bigint: order of the user's one tier of the day: the largest of several
    b.lowest_tier_rank AS lowest_tier_rank,  -- bigint: order of the smallest; differs where the day has several tiers
    l.tier_label AS subscription_tier  -- varchar: the user's one tier of the day
FROM (
    SELECT
        a.user_number,
        a.activity_date,
        SUM(a.chat_conversations) AS chat_conversations,
        SUM(a.total_messages) AS total_messages,
        SUM(a.credits_used) AS credits_used,
        SUM(a.overage_credits_used) AS overage_credits_used,
        SUM(a.base_credits_used) AS base_credits_used,
        BOOL_OR(a.overage_enabled) AS overage_enabled,
        BOOL_OR(a.new_user) AS new_user,
        MAX(a.tier_rank) AS tier_rank,
        MIN(a.tier_rank) AS lowest_tier_rank
    FROM {database}.base_user_activity AS a
    GROUP BY a.user_number, a.activity_date
) AS b
JOIN {database}.tier_labels AS l ON l.tier_rank = b.tier_rank
