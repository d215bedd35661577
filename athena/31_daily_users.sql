-- daily_users: people per day, each counted once however many clients
-- A user enters a rolling window on an active day and leaves it n days later, or on the next active day if it is earlier.
WITH stays AS (
    SELECT
        s.activity_date AS day,
        CASE
            WHEN s.next_active_date < s.activity_date + INTERVAL '7' DAY THEN s.next_active_date
            ELSE s.activity_date + INTERVAL '7' DAY
        END AS end_7,
        CASE
            WHEN s.next_active_date < s.activity_date + INTERVAL '30' DAY THEN s.next_active_date
            ELSE s.activity_date + INTERVAL '30' DAY
        END AS end_30
    FROM {database}.user_spells AS s
),
counted AS (
    SELECT s.day, s.end_7, s.end_30, COUNT(*) AS users
    FROM stays AS s
    GROUP BY s.day, s.end_7, s.end_30
),
changes AS (
    SELECT
        CASE e.event WHEN 1 THEN c.day WHEN 2 THEN c.end_7 ELSE c.end_30 END AS day,
        CASE WHEN e.event = 1 THEN c.users ELSE CAST(0 AS bigint) END AS entering,
        CASE WHEN e.event = 2 THEN c.users ELSE CAST(0 AS bigint) END AS leaving_7,
        CASE WHEN e.event = 3 THEN c.users ELSE CAST(0 AS bigint) END AS leaving_30
    FROM counted AS c
    CROSS JOIN (VALUES (1), (2), (3)) AS e (event)
),
rolling AS (
    SELECT
        c.day,
        SUM(SUM(c.entering) - SUM(c.leaving_7)) OVER (ORDER BY c.day ASC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS rolling_7_users,
        SUM(SUM(c.entering) - SUM(c.leaving_30)) OVER (ORDER BY c.day ASC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS rolling_30_users
    FROM changes AS c
    GROUP BY c.day
),
firsts AS (
    SELECT d.first_active_date AS day, COUNT(*) AS first_seen_users
    FROM {database}.user_dim AS d
    GROUP BY d.first_active_date
),
days AS (
    SELECT
        u.activity_date AS day,
        COUNT(*) AS active_users,
        COUNT(CASE WHEN u.new_user THEN 1 END) AS new_users,
        SUM(u.total_messages) AS total_messages,
        SUM(u.chat_conversations) AS total_conversations,
        SUM(u.credits_used) AS credits_used,
        SUM(u.overage_credits_used) AS overage_credits_used
    FROM {database}.user_days AS u
    GROUP BY u.activity_date
)
SELECT
    d.day AS activity_date,  -- date: the day
    d.active_users AS active_users,  -- bigint: different users that day
    d.new_users AS new_users,  -- bigint: users whose subscription was activated that day
    d.active_users - d.new_users AS returning_users,  -- bigint: the other users
    COALESCE(f.first_seen_users, CAST(0 AS bigint)) AS first_seen_users,  -- bigint: users who appear for the first time in the data
    r.rolling_7_users AS rolling_7_users,  -- bigint: different users in the 7 days that end on this one
    r.rolling_30_users AS rolling_30_users,  -- bigint: different users in the 30 days that end on this one
    d.total_messages AS total_messages,  -- bigint: messages to and from Kiro
    d.total_conversations AS total_conversations,  -- bigint: conversations
    d.credits_used AS credits_used,  -- double: credits used
    d.overage_credits_used AS overage_credits_used  -- double: overage credits of the day
FROM days AS d
JOIN rolling AS r ON r.day = d.day
LEFT JOIN firsts AS f ON f.day = d.day
