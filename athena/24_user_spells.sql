-- user_spells: each active day of a user with its activity, and the user's next active day
-- With the activity, so that a view reads the days of users and the gaps between them from one relation.
SELECT
    u.user_id AS user_id,  -- varchar: canonical user id
    u.activity_date AS activity_date,  -- date: an active day
    u.total_messages AS total_messages,  -- bigint: messages to and from Kiro
    u.chat_conversations AS chat_conversations,  -- bigint: conversations
    u.credits_used AS credits_used,  -- double: credits used
    u.overage_credits_used AS overage_credits_used,  -- double: overage credits of the day
    LEAD(u.activity_date) OVER (PARTITION BY u.user_id ORDER BY u.activity_date ASC NULLS LAST) AS next_active_date  -- date: the next one; NULL on the last
FROM {database}.user_days AS u
