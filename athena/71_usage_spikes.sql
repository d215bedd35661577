-- usage_spikes: days, of the newest three, on which a person used far more credits than is usual for that person
-- Usual is the mean of the person's days with credits in the 28 days before. A spike is a multiple of it, at least the
-- floor, and more than on any of those days: `[alerts]` in the settings.
WITH days AS (
    SELECT
        u.user_id,
        u.activity_date,
        u.credits_used,
        w.anchor_day,
        COUNT(*) OVER (
            PARTITION BY u.user_id ORDER BY u.activity_date ASC NULLS LAST
            RANGE BETWEEN INTERVAL '28' DAY PRECEDING AND INTERVAL '1' DAY PRECEDING
        ) AS days_before,
        AVG(u.credits_used) OVER (
            PARTITION BY u.user_id ORDER BY u.activity_date ASC NULLS LAST
            RANGE BETWEEN INTERVAL '28' DAY PRECEDING AND INTERVAL '1' DAY PRECEDING
        ) AS usual_credits,
        MAX(u.credits_used) OVER (
            PARTITION BY u.user_id ORDER BY u.activity_date ASC NULLS LAST
            RANGE BETWEEN INTERVAL '28' DAY PRECEDING AND INTERVAL '1' DAY PRECEDING
        ) AS largest_credits
    FROM {database}.user_days AS u
    JOIN {database}.data_window AS w
        ON u.activity_date <= w.anchor_day AND u.activity_date > w.anchor_day - INTERVAL '31' DAY
    WHERE u.credits_used > 0e0
)
SELECT
    d.user_id AS user_id,  -- varchar: canonical user id
    u.user_label AS user_label,  -- varchar: the user's label
    u.team AS team,  -- varchar: team in the identity map; NULL if none
    u.cost_center AS cost_center,  -- varchar: cost centre in the identity map; NULL if none
    u.subscription_tier AS subscription_tier,  -- varchar: the user's current tier
    d.activity_date AS activity_date,  -- date: the day, one of the newest three up to the anchor day
    'spike/' || d.user_id || '/' || CAST(d.activity_date AS varchar) AS alert_key,  -- varchar: rule, user and day; unique, without names
    d.anchor_day AS as_of_date,  -- date: the anchor day
    d.credits_used AS credits_used,  -- double: credits of the day
    d.usual_credits AS usual_credits,  -- double: mean of the days with credits in the 28 days before
    d.largest_credits AS largest_credits,  -- double: the largest of these days
    d.days_before AS days_before  -- bigint: number of these days
FROM days AS d
JOIN {database}.user_dim AS u ON u.user_id = d.user_id
CROSS JOIN {database}.settings AS s
WHERE d.activity_date > d.anchor_day - INTERVAL '3' DAY
    AND d.days_before >= s.spike_min_days
    AND d.credits_used >= s.spike_floor_credits
    AND d.credits_used >= s.spike_factor * d.usual_credits
    AND d.credits_used > d.largest_credits
