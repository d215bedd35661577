-- wow_movers: each user's last 7 days against the 7 before, and the last 14 against the 56 before, ending on the anchor day of data_window
WITH weeks AS (
    SELECT
        u.user_id,
        MAX(u.activity_date) AS last_active_date,
        SUM(CASE WHEN u.activity_date > w.anchor_day - INTERVAL '7' DAY THEN u.total_messages ELSE CAST(0 AS bigint) END) AS recent_messages,
        SUM(CASE WHEN u.activity_date > w.anchor_day - INTERVAL '7' DAY THEN CAST(0 AS bigint) WHEN u.activity_date > w.anchor_day - INTERVAL '14' DAY THEN u.total_messages ELSE CAST(0 AS bigint) END) AS prior_messages,
        SUM(CASE WHEN u.activity_date > w.anchor_day - INTERVAL '7' DAY THEN u.credits_used ELSE 0e0 END) AS recent_credits,
        SUM(CASE WHEN u.activity_date > w.anchor_day - INTERVAL '7' DAY THEN 0e0 WHEN u.activity_date > w.anchor_day - INTERVAL '14' DAY THEN u.credits_used ELSE 0e0 END) AS prior_credits,
        COUNT(CASE WHEN u.activity_date > w.anchor_day - INTERVAL '14' DAY THEN 1 END) AS fortnight_days,
        SUM(CASE WHEN u.activity_date > w.anchor_day - INTERVAL '14' DAY THEN u.total_messages ELSE CAST(0 AS bigint) END) AS fortnight_messages,
        CAST(COUNT(CASE WHEN u.activity_date > w.anchor_day - INTERVAL '70' DAY AND u.activity_date <= w.anchor_day - INTERVAL '14' DAY THEN 1 END) AS double) * 25e-2 AS usual_days,
        CAST(SUM(CASE WHEN u.activity_date > w.anchor_day - INTERVAL '70' DAY AND u.activity_date <= w.anchor_day - INTERVAL '14' DAY THEN u.total_messages ELSE CAST(0 AS bigint) END) AS double) * 25e-2 AS usual_messages
    FROM {database}.user_days AS u
    JOIN {database}.data_window AS w ON u.activity_date <= w.anchor_day
    GROUP BY u.user_id
),
-- What all other users did of what is usual for them: a holiday of everybody is no loss of interest.
compared AS (
    SELECT
        k.*,
        COALESCE(
            least(
                CAST(SUM(k.fortnight_days) OVER () - k.fortnight_days AS double) / NULLIF(SUM(k.usual_days) OVER () - k.usual_days, 0e0),
                1e0
            ),
            1e0
        ) AS others_share
    FROM weeks AS k
)
SELECT
    d.user_id AS user_id,  -- varchar: canonical user id
    d.user_label AS user_label,  -- varchar: the user's label
    d.subscription_tier AS subscription_tier,  -- varchar: the user's current tier
    d.team AS team,  -- varchar: team in the identity map; NULL if none
    d.cost_center AS cost_center,  -- varchar: cost centre in the identity map; NULL if none
    k.prior_messages AS prior_messages,  -- bigint: messages in days 14 to 8 before the end of the anchor day
    k.recent_messages AS recent_messages,  -- bigint: messages in the last 7 days
    k.recent_messages - k.prior_messages AS message_delta,  -- bigint: recent less prior
    abs(k.recent_messages - k.prior_messages) AS abs_delta,  -- bigint: size of the change
    CAST(k.recent_messages - k.prior_messages AS double) / NULLIF(CAST(k.prior_messages AS double), 0e0) AS pct_change,  -- double: change as a fraction of prior; NULL where prior is 0
    CASE
        WHEN k.prior_messages > 0
            AND k.prior_messages >= s.movers_min_prior_messages
            AND CAST(k.recent_messages AS double) < s.movers_at_risk_share * CAST(k.prior_messages AS double)
        THEN 'Yes'
        ELSE 'No'
    END AS at_risk,  -- varchar: Yes where recent is below the configured share of prior, No otherwise
    k.usual_days AS usual_active_days,  -- double: active days per 14 days in the 8 weeks before the last 14 days
    k.fortnight_days AS recent_active_days,  -- bigint: active days in the last 14 days
    CASE
        WHEN k.others_share * k.usual_days >= CAST(s.losing_interest_days AS double)
            AND CAST(k.fortnight_days AS double) < s.losing_interest_share * k.others_share * k.usual_days
            AND CAST(k.fortnight_messages AS double) < s.movers_at_risk_share * k.others_share * k.usual_messages
        THEN 'Yes'
        ELSE 'No'
    END AS losing_interest,  -- varchar: Yes where two weeks are far below what is usual for the user, beside what all others do; No otherwise
    k.prior_credits AS prior_credits,  -- double: credits in the 7 days before
    k.recent_credits AS recent_credits,  -- double: credits in the last 7 days
    k.last_active_date AS last_active_date,  -- date: last active day
    date_diff('day', k.last_active_date, w.anchor_day) AS days_since_last_activity,  -- bigint: from there to the anchor day
    w.anchor_day AS anchor_day  -- date: last day of the recent week
FROM compared AS k
JOIN {database}.user_dim AS d ON d.user_id = k.user_id
CROSS JOIN {database}.data_window AS w
CROSS JOIN {database}.settings AS s
