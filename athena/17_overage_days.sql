-- overage_days: overage of the day where the export's figure is the month's so far; empty where it is the day's
-- The first row of a subscription (account, Region and profile) with a larger figure than before has the difference.
WITH rows_with_overage AS (
    SELECT
        f.part_id,
        f.line,
        f.activity_date,
        f.user_id,
        f.client_type,
        CAST(date_trunc('month', f.activity_date) AS date) AS month_start,
        COALESCE(f.source_account, '') AS source_account,
        COALESCE(f.source_region, '') AS source_region,
        COALESCE(f.profile_id, '') AS profile_id,
        COALESCE(f.overage_credits_used, 0e0) AS overage
    FROM {database}.report_facts AS f
    CROSS JOIN {database}.settings AS s
    WHERE s.overage_reading = 'cumulative' AND NOT f.is_abnormal
),
accounts AS (
    SELECT
        r.*,
        COALESCE(NULLIF(r.source_account, ''), MAX(NULLIF(r.source_account, '')) OVER (
            PARTITION BY r.user_id, r.month_start
        ), '') AS account
    FROM rows_with_overage AS r
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
compared AS (
    SELECT
        p.part_id,
        p.line,
        p.overage,
        MAX(p.overage) OVER (
            PARTITION BY p.user_id, p.month_start, p.account, p.region, p.profile
            ORDER BY
                p.activity_date ASC NULLS LAST, p.overage ASC NULLS LAST, p.client_type ASC NULLS LAST,
                p.part_id ASC NULLS LAST, p.line ASC NULLS LAST
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS overage_before
    FROM profiles AS p
)
SELECT
    c.part_id AS part_id,  -- varchar: part of the row
    c.line AS line,  -- bigint: line of the row
    greatest(c.overage - COALESCE(c.overage_before, 0e0), 0e0) AS overage_credits_used  -- double: overage credits of the day
FROM compared AS c
WHERE c.overage > 0e0
