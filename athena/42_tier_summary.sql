-- tier_summary: users, credits and overage per current tier over the whole history, averages per user
WITH sums AS (
    SELECT
        u.subscription_tier,
        COUNT(*) AS users,
        COUNT(CASE WHEN u.overage_credits_used > 0e0 THEN 1 END) AS users_with_overage,
        SUM(u.active_days) AS active_days,
        SUM(u.total_messages) AS total_messages,
        SUM(u.credits_used) AS credits_used,
        SUM(u.base_credits_used) AS base_credits_used,
        SUM(u.overage_credits_used) AS overage_credits_used,
        SUM(u.overage_cost_usd) AS overage_cost_usd
    FROM {database}.user_totals AS u
    GROUP BY u.subscription_tier
)
SELECT
    t.subscription_tier AS subscription_tier,  -- varchar: the users' current tier
    t.users AS users,  -- bigint: different users
    t.users_with_overage AS users_with_overage,  -- bigint: users with any overage credits
    t.active_days AS active_days,  -- bigint: sum of the users' active days
    t.total_messages AS total_messages,  -- bigint: messages to and from Kiro
    t.credits_used AS credits_used,  -- double: credits used
    t.base_credits_used AS base_credits_used,  -- double: credits without overage, never below zero
    t.overage_credits_used AS overage_credits_used,  -- double: overage credits by the configured reading
    t.overage_cost_usd AS overage_cost_usd,  -- double: overage credits x price
    t.credits_used / NULLIF(CAST(t.users AS double), 0e0) AS credits_per_user,  -- double: credits used / users
    t.credits_used / NULLIF(CAST(t.total_messages AS double), 0e0) AS credits_per_message,  -- double: credits used / messages; NULL without messages
    t.overage_credits_used / NULLIF(t.credits_used, 0e0) AS overage_share  -- double: overage credits / credits used; NULL without credits
FROM sums AS t
