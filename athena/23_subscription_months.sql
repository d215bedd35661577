-- subscription_months: user_report per user, calendar month, account, Region and profile: what one subscription used, up to the anchor day
-- An unknown account, Region or profile is the largest known one of the user's month: unknown never adds a subscription.
WITH months AS (
    SELECT
        f.user_id,
        CAST(date_trunc('month', f.activity_date) AS date) AS month_start,
        COALESCE(f.source_account, '') AS source_account,
        COALESCE(f.source_region, '') AS source_region,
        COALESCE(f.profile_id, '') AS profile_id,
        SUM(CASE WHEN f.is_abnormal THEN 0e0 ELSE COALESCE(f.credits_used, 0e0) END) AS credits_used,
        SUM(CASE WHEN f.is_abnormal THEN 0e0 ELSE COALESCE(f.overage_credits_used, 0e0) END) AS overage_sum,
        MAX(CASE WHEN f.is_abnormal THEN 0e0 ELSE COALESCE(f.overage_credits_used, 0e0) END) AS overage_max,
        MAX(CASE WHEN f.usage_limit > 0e0 THEN f.usage_limit END) AS usage_limit,
        MAX(CASE WHEN f.overage_enabled = FALSE AND f.overage_cap > 0e0 THEN f.overage_cap END) AS cap_preset,
        MAX(CASE WHEN f.overage_enabled AND f.overage_cap > 0e0 THEN f.overage_cap END) AS overage_limit,
        BOOL_OR(COALESCE(f.overage_enabled, FALSE)) AS overage_enabled,
        MAX(CASE WHEN l.tier_rank > 0 THEN date_diff('day', DATE '0001-01-01', f.activity_date) * 1000 + l.tier_rank END) AS day_and_tier,
        MAX(NULLIF(l.tier_rank, 0)) AS largest_tier,
        MIN(NULLIF(l.tier_rank, 0)) AS smallest_tier
    FROM {database}.report_facts AS f
    JOIN {database}.tier_labels AS l ON l.tier_code = COALESCE(f.subscription_tier, '')
    JOIN {database}.data_window AS w ON f.activity_date <= w.anchor_day
    GROUP BY
        f.user_id, CAST(date_trunc('month', f.activity_date) AS date), COALESCE(f.source_account, ''),
        COALESCE(f.source_region, ''), COALESCE(f.profile_id, '')
),
accounts AS (
    SELECT
        m.*,
        COALESCE(NULLIF(m.source_account, ''), MAX(NULLIF(m.source_account, '')) OVER (
            PARTITION BY m.user_id, m.month_start
        ), '') AS account
    FROM months AS m
),
regions AS (
    SELECT
        a.*,
        COALESCE(NULLIF(a.source_region, ''), MAX(NULLIF(a.source_region, '')) OVER (
            PARTITION BY a.user_id, a.month_start, a.account
        ), '') AS region
    FROM accounts AS a
),
profiles AS (
    SELECT
        r.*,
        COALESCE(NULLIF(r.profile_id, ''), MAX(NULLIF(r.profile_id, '')) OVER (
            PARTITION BY r.user_id, r.month_start, r.account, r.region
        ), '') AS profile
    FROM regions AS r
),
subscriptions AS (
    SELECT
        p.user_id,
        p.month_start,
        p.account,
        p.region,
        p.profile,
        SUM(p.credits_used) AS credits_used,
        SUM(p.overage_sum) AS overage_sum,
        MAX(p.overage_max) AS overage_max,
        MAX(p.usage_limit) AS usage_limit,
        MAX(p.cap_preset) AS cap_preset,
        MAX(p.overage_limit) AS overage_limit,
        BOOL_OR(p.overage_enabled) AS overage_enabled,
        MAX(p.day_and_tier) AS day_and_tier,
        MAX(p.largest_tier) > MIN(p.smallest_tier) AS is_changed
    FROM profiles AS p
    GROUP BY p.user_id, p.month_start, p.account, p.region, p.profile
)
SELECT
    m.user_id AS user_id,  -- varchar: canonical user id
    m.month_start AS month_start,  -- date: first day of the calendar month
    m.account AS source_account,  -- varchar: account; '' if no row of the month has one
    m.region AS source_region,  -- varchar: Region; '' if no row of the account has one
    m.profile AS profile_id,  -- varchar: ARN of the Kiro profile; '' if no row of the account and Region has one
    m.credits_used AS credits_used,  -- double: credits used
    m.overage_sum AS overage_credits_daily,  -- double: overage credits if the export's figure is the day's: the sum
    m.overage_max AS overage_credits_cumulative,  -- double: the same if it is the month's so far: the largest
    CASE WHEN s.overage_reading = 'cumulative' THEN m.overage_max ELSE m.overage_sum END AS overage_credits,  -- double: the same by the configured reading
    CASE WHEN s.overage_reading = 'cumulative' THEN m.overage_max ELSE m.overage_sum END * s.overage_usd_per_credit AS overage_cost_usd,  -- double: overage credits x price
    m.usage_limit AS usage_limit,  -- double: the plan's credits per month, the largest exported; NULL if not exported
    m.cap_preset AS cap_preset,  -- double: overage cap of rows with overage off, an estimate of the plan's credits; NULL if none
    m.overage_limit AS overage_limit,  -- double: the administrator's limit of overage credits; NULL where overage is off
    m.overage_enabled AS overage_enabled,  -- boolean: whether overage was on in any row
    m.day_and_tier AS day_and_tier,  -- bigint: latest day with a tier, and the order of the largest tier of that day: days x 1000 + tier_rank; NULL if there is none
    COALESCE(m.is_changed, FALSE) AS is_changed  -- boolean: rows of the month have several tiers
FROM subscriptions AS m
CROSS JOIN {database}.settings AS s
