-- export_parts: one row per part, account, Region, client and activity day that has rows: what has arrived
WITH versions AS (
    SELECT
        d.report, d.part_id, d.src_path, d.export_ts, d.processed_ts, d.modified_ts, d.source_account, d.source_region,
        d.client_type, d.activity_date, d.row_count
    FROM {database}.part_days AS d
    UNION ALL
    -- An export of zero bytes has no row, and replaces what the export had before.
    SELECT
        '' AS report, i.part_id, i.src_path, i.export_ts, i.processed_ts, i.modified_ts, '' AS source_account,
        '' AS source_region, '' AS client_type, CAST(NULL AS date) AS activity_date, CAST(0 AS bigint) AS row_count
    FROM {database}.report_issues_raw AS i
    WHERE i.kind = 'empty_export'
),
ranked AS (
    SELECT
        v.*,
        RANK() OVER (
            PARTITION BY v.src_path, v.export_ts
            ORDER BY v.processed_ts DESC NULLS LAST, v.modified_ts DESC NULLS LAST, v.part_id DESC NULLS LAST
        ) AS age
    FROM versions AS v
)
SELECT
    r.report AS report,  -- varchar: user_report or by_user_analytic
    r.part_id AS part_id,  -- varchar: the part's 16 hexadecimal digits
    r.src_path AS src_path,  -- varchar: key of the export
    r.export_ts AS export_ts,  -- varchar: when the export was made, YYYYMMDDHHMM
    r.processed_ts AS processed_ts,  -- varchar: when the part was written, UTC, YYYYMMDDHHMMSS
    r.modified_ts AS modified_ts,  -- varchar: when the export was last modified, UTC; NULL in parts of earlier versions
    r.source_account AS source_account,  -- varchar: account of the rows; '' if unknown
    r.source_region AS source_region,  -- varchar: Region of the rows; '' if unknown
    r.client_type AS client_type,  -- varchar: client of the rows; '' for by_user_analytic, which has none
    r.activity_date AS activity_date,  -- date: day of the rows
    r.row_count AS row_count,  -- bigint: rows in the part, superseded ones too
    r.age = 1 AS is_current  -- boolean: the part has the newest content of its export; rows of other parts do not count
FROM ranked AS r
WHERE r.activity_date IS NOT NULL
