-- user_daily_dense: every day from a user's first to last active one, zeros where there was no activity
-- An active day stands for itself and the days until the next one, joined by the length of the gap: no join compares days of
-- users.
WITH gaps AS (
    SELECT DISTINCT COALESCE(date_diff('day', s.activity_date, s.next_active_date), CAST(1 AS bigint)) AS gap_days
    FROM {database}.user_spells AS s
),
steps AS (
    SELECT g.gap_days, c.day_number
    FROM {database}.calendar AS c
    JOIN gaps AS g ON c.day_number < g.gap_days
),
days AS (
    SELECT
        s.user_id,
        date_add('day', t.day_number, s.activity_date) AS activity_date,
        CASE WHEN t.day_number = 0 THEN s.total_messages ELSE CAST(0 AS bigint) END AS total_messages,
        CASE WHEN t.day_number = 0 THEN s.chat_conversations ELSE CAST(0 AS bigint) END AS chat_conversations,
        CASE WHEN t.day_number = 0 THEN s.credits_used ELSE 0e0 END AS credits_used,
        CASE WHEN t.day_number = 0 THEN s.overage_credits_used ELSE 0e0 END AS overage_credits_used,
        t.day_number = 0 AS is_active
    FROM {database}.user_spells AS s
    JOIN steps AS t
        ON t.gap_days = COALESCE(date_diff('day', s.activity_date, s.next_active_date), CAST(1 AS bigint))
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
