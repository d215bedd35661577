-- part_days: number of rows per part, account, Region, client and activity day
-- by day: yes
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
    COUNT(*) AS row_count  -- bigint: rows in the part, superseded ones too
FROM (
    SELECT
        'user_report' AS report, f.part_id, f.src_path, f.export_ts, f.processed_ts, f.modified_ts, f.source_account,
        f.source_region, f.client_type, f.activity_date
    FROM {database}.report_facts_raw AS f
    UNION ALL
    SELECT
        'by_user_analytic' AS report, c.part_id, c.src_path, c.export_ts, c.processed_ts, c.modified_ts, c.source_account,
        c.source_region, '' AS client_type, c.activity_date
    FROM {database}.report_code_raw AS c
) AS e
GROUP BY
    e.report, e.part_id, e.src_path, e.export_ts, e.processed_ts, e.modified_ts, e.source_account, e.source_region,
    e.client_type, e.activity_date
