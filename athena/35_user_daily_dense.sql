-- user_daily_dense: every day from a user's first to last active one, zeros where there was no activity
WITH spans AS (
    SELECT u.user_id, MIN(u.activity_date) AS first_day, MAX(u.activity_date) AS last_day
    FROM {database}.user_days AS u
    GROUP BY u.user_id
),
days AS (
    SELECT c.calendar_date
    FROM {database}.calendar AS c
    JOIN {database}.data_window AS w ON c.calendar_date BETWEEN w.first_day AND w.newest_day
)
SELECT
    d.user_id AS user_id,  -- varchar: canonical user id
    d.user_label AS user_label,  -- varchar: the user's label
    c.calendar_date AS activity_date,  -- date: the day
    COALESCE(u.total_messages, CAST(0 AS bigint)) AS total_messages,  -- bigint: messages to and from Kiro
    COALESCE(u.chat_conversations, CAST(0 AS bigint)) AS chat_conversations,  -- bigint: conversations
    COALESCE(u.credits_used, 0e0) AS credits_used,  -- double: credits used
    COALESCE(u.overage_credits_used, 0e0) AS overage_credits_used,  -- double: overage credits as exported
    u.user_id IS NOT NULL AS is_active  -- boolean: whether the exports have a row
FROM spans AS s
JOIN days AS c ON c.calendar_date BETWEEN s.first_day AND s.last_day
JOIN {database}.user_dim AS d ON d.user_id = s.user_id
LEFT JOIN {database}.user_days AS u ON u.user_id = s.user_id AND u.activity_date = c.calendar_date
