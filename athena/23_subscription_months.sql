-- subscription_months: user_report per user, calendar month, account and Region: what one subscription used, up to the anchor day
SELECT
    m.user_id AS user_id,  -- varchar: canonical user id
    m.month_start AS month_start,  -- date: first day of the calendar month
    m.source_account AS source_account,  -- varchar: account in the export's key; '' for a loose file
    m.source_region AS source_region,  -- varchar: Region in the export's key; '' for a loose file
    m.credits_used AS credits_used,  -- double: credits used
    m.overage_sum AS overage_credits_daily,  -- double: overage credits if the export's figure is the day's: the sum
    m.overage_max AS overage_credits_cumulative,  -- double: the same if it is the month's so far: the largest
    CASE WHEN s.overage_reading = 'cumulative' THEN m.overage_max ELSE m.overage_sum END AS overage_credits,  -- double: the same by the configured reading
    CASE WHEN s.overage_reading = 'cumulative' THEN m.overage_max ELSE m.overage_sum END * s.overage_usd_per_credit AS overage_cost_usd,  -- double: overage credits x price
    m.usage_limit AS usage_limit,  -- double: the plan's credits per month, the largest exported; NULL if not exported
    m.cap_preset AS cap_preset,  -- double: overage cap of rows with overage off, an estimate of the plan's credits; NULL if none
    m.overage_limit AS overage_limit,  -- double: the administrator's limit of overage credits; NULL where overage is off
    m.overage_enabled AS overage_enabled,  -- boolean: whether overage was on in any row
    m.day_and_tier AS day_and_tier  -- bigint: latest day with a tier, and the order of the largest tier of that day: days x 1000 + tier_rank; NULL if there is none
FROM (
    SELECT
        f.user_id,
        CAST(date_trunc('month', f.activity_date) AS date) AS month_start,
        f.source_account,
        f.source_region,
        SUM(COALESCE(f.credits_used, 0e0)) AS credits_used,
        SUM(COALESCE(f.overage_credits_used, 0e0)) AS overage_sum,
        MAX(COALESCE(f.overage_credits_used, 0e0)) AS overage_max,
        MAX(CASE WHEN f.usage_limit > 0e0 THEN f.usage_limit END) AS usage_limit,
        MAX(CASE WHEN f.overage_enabled = FALSE AND f.overage_cap > 0e0 THEN f.overage_cap END) AS cap_preset,
        MAX(CASE WHEN f.overage_enabled AND f.overage_cap > 0e0 THEN f.overage_cap END) AS overage_limit,
        BOOL_OR(COALESCE(f.overage_enabled, FALSE)) AS overage_enabled,
        MAX(CASE WHEN l.tier_rank > 0 THEN date_diff('day', DATE '0001-01-01', f.activity_date) * 1000 + l.tier_rank END) AS day_and_tier
    FROM {database}.report_facts AS f
    JOIN {database}.tier_labels AS l ON l.tier_code = COALESCE(f.subscription_tier, '')
    JOIN {database}.data_window AS w ON f.activity_date <= w.anchor_day
    GROUP BY f.user_id, CAST(date_trunc('month', f.activity_date) AS date), f.source_account, f.source_region
) AS m
CROSS JOIN {database}.settings AS s
