-- daily_trends: activity per day and client; a user of two clients is in both rows, so people are added up in daily_users
-- Most users have one row per day and client. The few users who may have several are grouped by user first.
WITH parts AS (
    SELECT
        b.activity_date,
        b.client_type,
        CASE WHEN b.is_split THEN b.user_number END AS several,
        COUNT(*) AS row_count,
        COUNT(CASE WHEN b.new_user THEN 1 END) AS new_rows,
        SUM(b.total_messages) AS total_messages,
        SUM(b.chat_conversations) AS total_conversations,
        SUM(b.credits_used) AS credits_used,
        SUM(b.overage_credits_used) AS overage_credits_used
    FROM {database}.base_user_activity AS b
    GROUP BY b.activity_date, b.client_type, CASE WHEN b.is_split THEN b.user_number END
),
days AS (
    SELECT
        p.activity_date,
        p.client_type,
        SUM(CASE WHEN p.several IS NULL THEN p.row_count ELSE CAST(1 AS bigint) END) AS active_users,
        SUM(CASE WHEN p.several IS NULL THEN p.new_rows ELSE least(p.new_rows, CAST(1 AS bigint)) END) AS new_users,
        SUM(p.total_messages) AS total_messages,
        SUM(p.total_conversations) AS total_conversations,
        SUM(p.credits_used) AS credits_used,
        SUM(p.overage_credits_used) AS overage_credits_used
    FROM parts AS p
    GROUP BY p.activity_date, p.client_type
)
SELECT
    d.activity_date AS activity_date,  -- date: the day
    d.client_type AS client_type,  -- varchar: KIRO_IDE, KIRO_CLI, PLUGIN, or what the export says
    d.active_users AS active_users,  -- bigint: different users of this client that day
    d.total_messages AS total_messages,  -- bigint: messages to and from Kiro
    d.total_conversations AS total_conversations,  -- bigint: conversations
    d.credits_used AS credits_used,  -- double: credits used
    d.overage_credits_used AS overage_credits_used,  -- double: overage credits of the day
    d.new_users AS new_users,  -- bigint: users whose subscription was activated that day
    d.active_users - d.new_users AS returning_users  -- bigint: the other users
FROM days AS d
