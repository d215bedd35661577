-- user_spells: each active day of a user, and the user's next one
SELECT
    u.user_id AS user_id,  -- varchar: canonical user id
    u.activity_date AS activity_date,  -- date: an active day
    LEAD(u.activity_date) OVER (PARTITION BY d.user_number ORDER BY u.activity_date ASC NULLS LAST) AS next_active_date  -- date: the next one; NULL on the last
FROM {database}.user_days AS u
JOIN {database}.user_dim AS d ON d.user_id = u.user_id
