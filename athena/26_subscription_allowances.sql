-- subscription_allowances: what each subscription (account, Region and profile) used and may use per calendar month, months without activity too
-- A subscription counts between its first and last month with activity and in the month after; beyond that only where its
-- user has used no other one since.
WITH lives AS (
    SELECT
        m.*,
        LEAD(m.month_start) OVER (
            PARTITION BY m.user_id, m.source_account, m.source_region, m.profile_id ORDER BY m.month_start ASC NULLS LAST
        ) AS next_month,
        MAX(m.day_and_tier) OVER (
            PARTITION BY m.user_id, m.source_account, m.source_region, m.profile_id ORDER BY m.month_start ASC NULLS LAST
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS last_day_and_tier,
        MAX(m.month_start) OVER (PARTITION BY m.user_id) AS users_last_month
    FROM {database}.subscription_months AS m
),
kept AS (
    SELECT
        l.*,
        c.month_start AS month,
        c.days_in_month,
        CASE
            WHEN c.month_start = CAST(date_trunc('month', c.anchor_day) AS date)
            THEN date_diff('day', c.month_start, c.anchor_day) + 1
            ELSE c.days_in_month
        END AS elapsed_days,
        c.month_start = l.month_start AS is_active,
        CASE WHEN c.month_start = l.month_start THEN l.day_and_tier ELSE l.last_day_and_tier END AS tier_day
    FROM lives AS l
    JOIN {database}.calendar AS c
        ON c.calendar_date = c.month_start
        AND c.month_start <= c.anchor_day
        AND c.month_start >= l.month_start
        AND c.month_start < CASE
            WHEN l.next_month IS NOT NULL THEN l.next_month
            WHEN l.month_start = l.users_last_month THEN DATE '9999-12-31'
            ELSE CAST(l.month_start + INTERVAL '2' MONTH AS date)
        END
),
priced AS (
    SELECT
        k.*,
        t.tier_label,
        t.credits AS tier_credits,
        t.is_exported,
        t.monthly_fee_usd,
        -- The present plan: where the month has several tiers, the limit of the month is not that of the last one.
        CASE
            WHEN k.is_changed OR NOT k.is_active THEN COALESCE(t.credits, k.usage_limit, k.cap_preset)
            ELSE COALESCE(k.usage_limit, k.cap_preset, t.credits)
        END AS plan_credits
    FROM kept AS k
    LEFT JOIN {database}.tiers AS t ON t.tier_rank = COALESCE(k.tier_day, 0) % 1000
)
SELECT
    p.user_id AS user_id,  -- varchar: canonical user id
    p.month AS month_start,  -- date: first day of the calendar month
    p.days_in_month AS days_in_month,  -- bigint: days of the month
    p.elapsed_days AS elapsed_days,  -- bigint: days of the month up to the anchor day
    CASE WHEN p.is_active THEN p.credits_used ELSE 0e0 END AS credits_used,  -- double: credits used
    CASE WHEN p.is_active THEN p.overage_credits ELSE 0e0 END AS overage_credits,  -- double: overage credits by the configured reading
    CASE WHEN p.is_active THEN p.overage_credits_daily ELSE 0e0 END AS overage_credits_daily,  -- double: the same if the export's figure is the day's
    CASE WHEN p.is_active THEN p.overage_credits_cumulative ELSE 0e0 END AS overage_credits_cumulative,  -- double: the same if it is the month's so far
    p.overage_enabled AS overage_enabled,  -- boolean: whether overage was on in any row of the last month with activity
    p.overage_limit AS overage_limit,  -- double: the administrator's limit of overage credits; NULL where overage is off
    CASE WHEN p.is_active THEN COALESCE(p.usage_limit, p.cap_preset, p.tier_credits) ELSE p.plan_credits END AS allowance,  -- double: credits included in the month; NULL if unknown
    CASE
        WHEN p.is_active AND p.usage_limit IS NOT NULL THEN 'usage_limit'
        WHEN p.is_active AND p.cap_preset IS NOT NULL THEN 'overage_cap'
        WHEN p.tier_credits IS NOT NULL AND p.is_exported THEN 'tier_limit'
        WHEN p.tier_credits IS NOT NULL THEN 'plan'
        WHEN p.usage_limit IS NOT NULL THEN 'usage_limit'
        WHEN p.cap_preset IS NOT NULL THEN 'overage_cap'
        ELSE 'unknown'
    END AS allowance_source,  -- varchar: usage_limit, overage_cap, tier_limit, plan or unknown
    p.plan_credits AS plan_credits,  -- double: credits that the present plan includes; NULL if unknown
    p.monthly_fee_usd AS monthly_fee_usd,  -- double: configured fee of the present plan; NULL if unknown
    p.tier_day AS day_and_tier,  -- bigint: as in subscription_months; without activity the last known
    COALESCE(p.tier_label, 'Unknown') AS tier_label  -- varchar: label of that tier
FROM priced AS p
