-- user_sightings: what each user was seen with, and when: tier, address, profile, account and Region
-- The only pass over all rows for everything about users.
SELECT
    s.report AS report,  -- varchar: user_report or by_user_analytic
    s.user_id AS user_id,  -- varchar: canonical user id
    s.tier_code AS tier_code,  -- varchar: canonical tier code; '' if the rows have none
    s.email AS email,  -- varchar: address of the rows, or its digest; '' if they have none
    s.profile_id AS profile_id,  -- varchar: ARN of the Kiro profile; '' if the rows have none
    s.source_account AS source_account,  -- varchar: account of the row; '' if unknown
    s.source_region AS source_region,  -- varchar: Region of the row; '' if unknown
    s.first_day AS first_day,  -- date: first day with all of these
    s.last_day AS last_day  -- date: last day with all of these
FROM (
    SELECT
        'user_report' AS report,
        f.user_id,
        COALESCE(f.subscription_tier, '') AS tier_code,
        COALESCE(f.email, '') AS email,
        COALESCE(f.profile_id, '') AS profile_id,
        f.source_account,
        f.source_region,
        MIN(f.activity_date) AS first_day,
        MAX(f.activity_date) AS last_day
    FROM {database}.report_facts AS f
    GROUP BY
        f.user_id, COALESCE(f.subscription_tier, ''), COALESCE(f.email, ''), COALESCE(f.profile_id, ''),
        f.source_account, f.source_region
    UNION ALL
    SELECT
        'by_user_analytic' AS report, c.user_id, '' AS tier_code, '' AS email, '' AS profile_id, c.source_account,
        c.source_region, MIN(c.activity_date) AS first_day, MAX(c.activity_date) AS last_day
    FROM {database}.report_code AS c
    GROUP BY c.user_id, c.source_account, c.source_region
) AS s
