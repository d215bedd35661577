-- tier_breakdown: activity per day, tier and client; a user has one tier per day, the largest
WITH changes AS (
    SELECT u.user_id, u.activity_date, u.tier_rank
    FROM {database}.user_days AS u
    WHERE u.lowest_tier_rank < u.tier_rank
),
-- Most users have one row per day and client. The few users who may have several are grouped by user first.
parts AS (
    SELECT
        b.activity_date,
        COALESCE(c.tier_rank, b.tier_rank) AS tier_rank,
        b.client_type,
        CASE WHEN b.is_split THEN b.user_number END AS several,
        COUNT(*) AS row_count,
        SUM(b.total_messages) AS messages,
        SUM(b.credits_used) AS credits_used,
        SUM(b.overage_credits_used) AS overage_credits_used,
        SUM(b.base_credits_used) AS base_credits_used
    FROM {database}.base_user_activity AS b
    LEFT JOIN changes AS c ON c.user_id = b.user_id AND c.activity_date = b.activity_date
    GROUP BY
        b.activity_date, COALESCE(c.tier_rank, b.tier_rank), b.client_type,
        CASE WHEN b.is_split THEN b.user_number END
),
days AS (
    SELECT
        p.activity_date,
        p.tier_rank,
        p.client_type,
        SUM(CASE WHEN p.several IS NULL THEN p.row_count ELSE CAST(1 AS bigint) END) AS users,
        SUM(p.messages) AS messages,
        SUM(p.credits_used) AS credits_used,
        SUM(p.overage_credits_used) AS overage_credits_used,
        SUM(p.base_credits_used) AS base_credits_used
    FROM parts AS p
    GROUP BY p.activity_date, p.tier_rank, p.client_type
)
SELECT
    d.activity_date AS activity_date,  -- date: the day
    l.tier_label AS subscription_tier,  -- varchar: the users' tier of that day
    d.client_type AS client_type,  -- varchar: KIRO_IDE, KIRO_CLI, PLUGIN, or what the export says
    d.users AS users,  -- bigint: different users of this client that day
    d.messages AS messages,  -- bigint: messages to and from Kiro
    d.credits_used AS credits_used,  -- double: credits used
    d.overage_credits_used AS overage_credits_used,  -- double: overage credits of the day
    d.base_credits_used AS base_credits_used  -- double: credits without overage, never below zero
FROM days AS d
JOIN {database}.tier_labels AS l ON l.tier_rank = d.tier_rank
