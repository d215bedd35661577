-- tiers: what the plan of each tier includes and costs
-- Credits that exports tell beat configured ones: the limit of most rows of the tier's newest month.
WITH limits AS (
    SELECT
        n.tier_code,
        n.usage_limit,
        ROW_NUMBER() OVER (
            PARTITION BY n.tier_code
            ORDER BY n.month_start DESC NULLS LAST, n.row_count DESC NULLS LAST, n.usage_limit DESC NULLS LAST
        ) AS place
    FROM (
        SELECT
            f.subscription_tier AS tier_code,
            date_trunc('month', f.activity_date) AS month_start,
            f.usage_limit,
            COUNT(*) AS row_count
        FROM {database}.report_facts_raw AS f
        WHERE f.usage_limit > 0e0 AND f.subscription_tier <> ''
        GROUP BY f.subscription_tier, date_trunc('month', f.activity_date), f.usage_limit
    ) AS n
)
SELECT
    l.tier_code AS tier_code,  -- varchar: canonical tier code; '' for none
    l.tier_label AS tier_label,  -- varchar: the tier's label
    l.tier_rank AS tier_rank,  -- bigint: order of the tier, as in tier_labels
    COALESCE(m.usage_limit, CASE WHEN p.credits > 0e0 THEN p.credits END) AS credits,  -- double: credits per user and month; NULL if unknown
    m.usage_limit IS NOT NULL AS is_exported,  -- boolean: whether exports tell the credits; else they are configured
    p.monthly_fee_usd AS monthly_fee_usd,  -- double: USD per user and month; NULL if unknown
    COALESCE(p.suggest, FALSE) AS suggest  -- boolean: whether advice may suggest the plan
FROM {database}.tier_labels AS l
LEFT JOIN {database}.plans AS p ON p.tier_code = l.tier_code
LEFT JOIN limits AS m ON m.tier_code = l.tier_code AND m.place = 1
