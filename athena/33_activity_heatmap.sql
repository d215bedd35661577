-- activity_heatmap: activity per day and tier; a user counts once per day, under the day's largest tier
SELECT
    d.activity_date AS activity_date,  -- date: the day
    l.tier_label AS subscription_tier,  -- varchar: the users' tier of that day
    d.active_users AS active_users,  -- bigint: different users
    d.messages AS messages,  -- bigint: messages to and from Kiro
    d.credits_used AS credits_used,  -- double: credits used
    d.overage_credits_used AS overage_credits_used,  -- double: overage credits of the day
    d.base_credits_used AS base_credits_used  -- double: credits without overage, never below zero
FROM (
    SELECT
        u.activity_date,
        u.tier_rank,
        COUNT(*) AS active_users,
        SUM(u.total_messages) AS messages,
        SUM(u.credits_used) AS credits_used,
        SUM(u.overage_credits_used) AS overage_credits_used,
        SUM(u.base_credits_used) AS base_credits_used
    FROM {database}.user_days AS u
    GROUP BY u.activity_date, u.tier_rank
) AS d
JOIN {database}.tier_labels AS l ON l.tier_rank = d.tier_rank
