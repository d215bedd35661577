-- superseded: rows of raw facts and code that do not count: of earlier contents of an export, replaced by a newer export, or repeated
-- by day: yes
-- Few rows share a key. A GROUP BY over most of the key finds the candidates, and only these are ordered.
WITH contested_facts AS (
    SELECT r.activity_date, r.user_id, r.client_type
    FROM {database}.report_facts_raw AS r
    GROUP BY r.activity_date, r.user_id, r.client_type
    HAVING COUNT(*) > 1
),
fact_candidates AS (
    SELECT
        r.activity_date, r.user_id, r.client_type,
        COALESCE(r.subscription_tier, '') AS tier,
        COALESCE(r.source_account, '') AS source_account,
        COALESCE(r.source_region, '') AS source_region,
        COALESCE(r.profile_id, '') AS profile_id,
        r.credits_used, r.total_messages,
        r.export_ts, r.modified_ts, r.src_path, r.processed_ts, r.part_id, r.line,
        CASE
            WHEN o.newest_version <> COALESCE(r.processed_ts, '') || '/' || COALESCE(r.modified_ts, '') || '/' || r.part_id THEN 1
            ELSE 0
        END AS is_outdated
    FROM {database}.report_facts_raw AS r
    LEFT JOIN contested_facts AS c
        ON c.activity_date = r.activity_date
        AND c.user_id = r.user_id
        AND c.client_type = r.client_type
    LEFT JOIN {database}.replaced_exports AS o ON o.src_path = r.src_path AND o.export_ts = r.export_ts
    WHERE c.user_id IS NOT NULL
        OR o.newest_version <> COALESCE(r.processed_ts, '') || '/' || COALESCE(r.modified_ts, '') || '/' || r.part_id
),
-- An unknown account, Region or profile is the largest known one of the same day, user and client.
fact_accounts AS (
    SELECT
        c.*,
        COALESCE(NULLIF(c.source_account, ''), MAX(NULLIF(c.source_account, '')) OVER (
            PARTITION BY c.is_outdated, c.activity_date, c.user_id, c.client_type
        ), '') AS account
    FROM fact_candidates AS c
),
fact_regions AS (
    SELECT
        a.*,
        COALESCE(NULLIF(a.source_region, ''), MAX(NULLIF(a.source_region, '')) OVER (
            PARTITION BY a.is_outdated, a.activity_date, a.user_id, a.client_type, a.account
        ), '') AS region
    FROM fact_accounts AS a
),
fact_keys AS (
    SELECT
        r.*,
        COALESCE(NULLIF(r.profile_id, ''), MAX(NULLIF(r.profile_id, '')) OVER (
            PARTITION BY r.is_outdated, r.activity_date, r.user_id, r.client_type, r.account, r.region
        ), '') AS profile
    FROM fact_regions AS r
),
ranked_facts AS (
    SELECT
        k.part_id,
        k.line,
        k.is_outdated,
        -- Rows of one part have the same age. A row with an unknown part loses against a row that knows it.
        RANK() OVER (
            PARTITION BY k.is_outdated, k.activity_date, k.user_id, k.client_type, k.account, k.region, k.profile
            ORDER BY
                CASE WHEN k.account = k.source_account AND k.region = k.source_region AND k.profile = k.profile_id THEN 0 ELSE 1 END ASC NULLS LAST,
                k.export_ts DESC NULLS LAST, k.modified_ts DESC NULLS LAST, k.src_path DESC NULLS LAST,
                k.processed_ts DESC NULLS LAST, k.part_id DESC NULLS LAST
        ) AS age,
        ROW_NUMBER() OVER (
            PARTITION BY
                k.is_outdated, k.activity_date, k.user_id, k.client_type, k.account, k.region, k.profile, k.part_id, k.tier,
                CASE WHEN k.account = k.source_account AND k.region = k.source_region AND k.profile = k.profile_id THEN 0 ELSE 1 END
            ORDER BY k.credits_used DESC NULLS LAST, k.total_messages DESC NULLS LAST, k.line DESC NULLS LAST
        ) AS place
    FROM fact_keys AS k
),
contested_code AS (
    SELECT r.activity_date, r.user_id
    FROM {database}.report_code_raw AS r
    GROUP BY r.activity_date, r.user_id
    HAVING COUNT(*) > 1
),
code_candidates AS (
    SELECT
        r.activity_date, r.user_id,
        COALESCE(r.source_account, '') AS source_account,
        COALESCE(r.source_region, '') AS source_region,
        r.export_ts, r.modified_ts, r.src_path, r.processed_ts, r.part_id, r.line,
        CASE
            WHEN o.newest_version <> COALESCE(r.processed_ts, '') || '/' || COALESCE(r.modified_ts, '') || '/' || r.part_id THEN 1
            ELSE 0
        END AS is_outdated
    FROM {database}.report_code_raw AS r
    LEFT JOIN contested_code AS c
        ON c.activity_date = r.activity_date
        AND c.user_id = r.user_id
    LEFT JOIN {database}.replaced_exports AS o ON o.src_path = r.src_path AND o.export_ts = r.export_ts
    WHERE c.user_id IS NOT NULL
        OR o.newest_version <> COALESCE(r.processed_ts, '') || '/' || COALESCE(r.modified_ts, '') || '/' || r.part_id
),
code_accounts AS (
    SELECT
        c.*,
        COALESCE(NULLIF(c.source_account, ''), MAX(NULLIF(c.source_account, '')) OVER (
            PARTITION BY c.is_outdated, c.activity_date, c.user_id
        ), '') AS account
    FROM code_candidates AS c
),
code_keys AS (
    SELECT
        a.*,
        COALESCE(NULLIF(a.source_region, ''), MAX(NULLIF(a.source_region, '')) OVER (
            PARTITION BY a.is_outdated, a.activity_date, a.user_id, a.account
        ), '') AS region
    FROM code_accounts AS a
),
ranked_code AS (
    SELECT
        k.part_id,
        k.line,
        k.is_outdated,
        ROW_NUMBER() OVER (
            PARTITION BY k.is_outdated, k.activity_date, k.user_id, k.account, k.region
            ORDER BY
                CASE WHEN k.account = k.source_account AND k.region = k.source_region THEN 0 ELSE 1 END ASC NULLS LAST,
                k.export_ts DESC NULLS LAST, k.modified_ts DESC NULLS LAST, k.src_path DESC NULLS LAST,
                k.processed_ts DESC NULLS LAST, k.part_id DESC NULLS LAST, k.line DESC NULLS LAST
        ) AS age
    FROM code_keys AS k
)
SELECT
    l.dataset AS dataset,  -- varchar: facts or code
    l.part_id AS part_id,  -- varchar: part of the row
    l.line AS line  -- bigint: line of the row
FROM (
    SELECT 'facts' AS dataset, f.part_id, f.line FROM ranked_facts AS f WHERE f.is_outdated = 1 OR f.age > 1 OR f.place > 1
    UNION ALL
    SELECT 'code' AS dataset, c.part_id, c.line FROM ranked_code AS c WHERE c.is_outdated = 1 OR c.age > 1
) AS l
