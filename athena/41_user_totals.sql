-- user_totals: each user over the whole history
WITH sums AS (
    SELECT
        u.user_id,
        MIN(u.activity_date) AS first_active_date,
        MAX(u.activity_date) AS last_active_date,
        COUNT(*) AS active_days,
        SUM(u.total_messages) AS total_messages,
        SUM(u.chat_conversations) AS total_conversations,
        SUM(u.credits_used) AS credits_used,
        SUM(u.base_credits_used) AS base_credits_used,
        BOOL_OR(u.overage_enabled) AS overage_enabled
    FROM {database}.user_days AS u
    GROUP BY u.user_id
),
overage AS (
    SELECT
        m.user_id,
        SUM(m.overage_credits) AS overage_credits_used,
        SUM(m.overage_cost_usd) AS overage_cost_usd,
        COUNT(DISTINCT CASE WHEN m.overage_credits > 0e0 THEN m.month_start END) AS months_with_overage
    FROM {database}.subscription_months AS m
    GROUP BY m.user_id
)
SELECT
    d.user_id AS user_id,  -- varchar: canonical user id
    d.user_label AS user_label,  -- varchar: the user's label
    d.email AS email,  -- varchar: latest non-empty address of the exports, or its digest; NULL if none
    d.idc_username AS idc_username,  -- varchar: user name in the directory
    d.idc_email AS idc_email,  -- varchar: address in the directory, or its digest
    d.team AS team,  -- varchar: team in the identity map; NULL if none
    d.cost_center AS cost_center,  -- varchar: cost centre in the identity map; NULL if none
    d.subscription_tier AS subscription_tier,  -- varchar: current tier
    d.profile_id AS profile_id,  -- varchar: ARN of the Kiro profile; the last by alphabet of several
    d.sources AS sources,  -- bigint: accounts and Regions the user appears under
    t.first_active_date AS first_active_date,  -- date: first active day
    t.last_active_date AS last_active_date,  -- date: last active day
    t.active_days AS active_days,  -- bigint: different days with activity
    date_diff('day', t.last_active_date, w.newest_day) AS days_since_last_activity,  -- bigint: from the last active to the newest day of the data
    CASE
        WHEN date_diff('day', t.last_active_date, w.newest_day) <= 7 THEN '7 days or less'
        WHEN date_diff('day', t.last_active_date, w.newest_day) <= 30 THEN '8 to 30 days'
        WHEN date_diff('day', t.last_active_date, w.newest_day) <= 90 THEN '31 to 90 days'
        ELSE 'more than 90 days'
    END AS recency,  -- varchar: days since last activity in four classes
    t.total_messages AS total_messages,  -- bigint: messages to and from Kiro
    t.total_conversations AS total_conversations,  -- bigint: conversations
    t.credits_used AS credits_used,  -- double: credits used
    t.base_credits_used AS base_credits_used,  -- double: credits without overage, never below zero
    COALESCE(o.overage_credits_used, 0e0) AS overage_credits_used,  -- double: overage credits by the configured reading
    COALESCE(o.overage_cost_usd, 0e0) AS overage_cost_usd,  -- double: overage credits x price
    COALESCE(o.months_with_overage, CAST(0 AS bigint)) AS months_with_overage,  -- bigint: calendar months with overage
    t.overage_enabled AS overage_enabled,  -- boolean: whether overage was ever on
    t.credits_used / NULLIF(CAST(t.total_messages AS double), 0e0) AS credits_per_message,  -- double: credits used / messages; NULL without messages
    CAST(t.total_messages AS double) / NULLIF(CAST(t.active_days AS double), 0e0) AS messages_per_active_day  -- double: messages / active days
FROM sums AS t
JOIN {database}.user_dim AS d ON d.user_id = t.user_id
CROSS JOIN {database}.data_window AS w
LEFT JOIN overage AS o ON o.user_id = d.user_id
