-- superseded: rows of raw facts and code that a newer export of the same key has replaced
-- by day: yes
-- Few rows share a key. A GROUP BY over most of the key finds the candidates, and only these are ordered.
WITH contested_facts AS (
    SELECT r.activity_date, r.user_id, r.client_type
    FROM {database}.report_facts_raw AS r
    GROUP BY r.activity_date, r.user_id, r.client_type
    HAVING COUNT(*) > 1
),
ranked_facts AS (
    SELECT
        r.part_id,
        r.line,
        ROW_NUMBER() OVER (
            PARTITION BY r.activity_date, r.user_id, r.client_type, r.source_account, r.source_region
            ORDER BY r.export_ts DESC NULLS LAST, r.processed_ts DESC NULLS LAST, r.part_id DESC NULLS LAST, r.line DESC NULLS LAST
        ) AS age
    FROM {database}.report_facts_raw AS r
    JOIN contested_facts AS c
        ON c.activity_date = r.activity_date
        AND c.user_id = r.user_id
        AND c.client_type = r.client_type
),
contested_code AS (
    SELECT r.activity_date, r.user_id
    FROM {database}.report_code_raw AS r
    GROUP BY r.activity_date, r.user_id
    HAVING COUNT(*) > 1
),
ranked_code AS (
    SELECT
        r.part_id,
        r.line,
        ROW_NUMBER() OVER (
            PARTITION BY r.activity_date, r.user_id, r.source_account, r.source_region
            ORDER BY r.export_ts DESC NULLS LAST, r.processed_ts DESC NULLS LAST, r.part_id DESC NULLS LAST, r.line DESC NULLS LAST
        ) AS age
    FROM {database}.report_code_raw AS r
    JOIN contested_code AS c
        ON c.activity_date = r.activity_date
        AND c.user_id = r.user_id
)
SELECT
    l.dataset AS dataset,  -- varchar: facts or code
    l.part_id AS part_id,  -- varchar: part of the replaced row
    l.line AS line  -- bigint: line of the replaced row
FROM (
    SELECT 'facts' AS dataset, f.part_id, f.line FROM ranked_facts AS f WHERE f.age > 1
    UNION ALL
    SELECT 'code' AS dataset, c.part_id, c.line FROM ranked_code AS c WHERE c.age > 1
) AS l
