-- user_daily_dense: every day from a user's first to last active one, zeros where there was no activity
-- Only the days between two active days are generated, joined by the length of the gap: no join compares days of users.
WITH gaps AS (
    SELECT DISTINCT date_diff('day', s.activity_date, s.next_active_date) AS gap_days
    FROM {database}.user_spells AS s
    WHERE s.next_active_date > s.activity_date + INTERVAL '1' DAY
),
away AS (
    SELECT g.gap_days, c.day_number
    FROM {database}.calendar AS c
    JOIN gaps AS g ON c.day_number < g.gap_days
    WHERE c.day_number > 0
),
days AS (
    SELECT
        u.user_id,
        u.activity_date,
        u.total_messages,
        u.chat_conversations,
        u.credits_used,
        u.overage_credits_used,
        TRUE AS is_active
    FROM {database}.user_days AS u
    UNION ALL
    SELECT
        s.user_id,
        date_add('day', a.day_number, s.activity_date) AS activity_date,
        CAST(0 AS bigint) AS total_messages,
        CAST(0 AS bigint) AS chat_conversations,
        0e0 AS credits_used,
        0e0 AS overage_credits_used,
        FALSE AS is_active
    FROM {database}.user_spells AS s
    JOIN away AS a ON a.gap_days = date_diff('day', s.activity_date, s.next_active_date)
)
SELECT
    d.user_id AS user_id,  -- varchar: canonical user id
    p.user_label AS user_label,  -- varchar: the user's label
    d.activity_date AS activity_date,  -- date: the day
    d.total_messages AS total_messages,  -- bigint: messages to and from Kiro
    d.chat_conversations AS chat_conversations,  -- bigint: conversations
    d.credits_used AS credits_used,  -- double: credits used
    d.overage_credits_used AS overage_credits_used,  -- double: overage credits of the day
    d.is_active AS is_active  -- boolean: whether the exports have a row
FROM days AS d
JOIN {database}.user_dim AS p ON p.user_id = d.user_id
