-- part_days: number of rows per part, account, Region, client and activity day
-- by day: yes
WITH facts AS (
    SELECT
        r.part_id, r.src_path, r.export_ts, r.processed_ts, r.modified_ts, r.source_account, r.source_region, r.client_type,
        r.activity_date, COUNT(*) AS row_count
    FROM {database}.report_facts_raw AS r
    GROUP BY
        r.part_id, r.src_path, r.export_ts, r.processed_ts, r.modified_ts, r.source_account, r.source_region, r.client_type,
        r.activity_date
),
code AS (
    SELECT
        r.part_id, r.src_path, r.export_ts, r.processed_ts, r.modified_ts, r.source_account, r.source_region,
        r.activity_date, COUNT(*) AS row_count
    FROM {database}.report_code_raw AS r
    GROUP BY
        r.part_id, r.src_path, r.export_ts, r.processed_ts, r.modified_ts, r.source_account, r.source_region,
        r.activity_date
)
SELECT
    e.report AS report,  -- varchar: user_report or by_user_analytic
    e.part_id AS part_id,  -- varchar: the part's 16 hexadecimal digits
    e.src_path AS src_path,  -- varchar: key of the export
    e.export_ts AS export_ts,  -- varchar: when the export was made, YYYYMMDDHHMM
    e.processed_ts AS processed_ts,  -- varchar: when the part was written, UTC, YYYYMMDDHHMMSS
    e.modified_ts AS modified_ts,  -- varchar: when the export was last modified, UTC; NULL in parts of earlier versions
    e.source_account AS source_account,  -- varchar: account of the rows; '' if unknown
    e.source_region AS source_region,  -- varchar: Region of the rows; '' if unknown
    e.client_type AS client_type,  -- varchar: client of the rows; '' for by_user_analytic, which has none
    e.activity_date AS activity_date,  -- date: day of the rows
    e.row_count AS row_count  -- bigint: rows in the part, superseded ones too
FROM (
    SELECT
        'user_report' AS report, f.part_id, f.src_path, f.export_ts, f.processed_ts, f.modified_ts, f.source_account,
        f.source_region, f.client_type, f.activity_date, f.row_count
    FROM facts AS f
    UNION ALL
    SELECT
        'by_user_analytic' AS report, c.part_id, c.src_path, c.export_ts, c.processed_ts, c.modified_ts, c.source_account,
        c.source_region, '' AS client_type, c.activity_date, c.row_count
    FROM code AS c
) AS e
