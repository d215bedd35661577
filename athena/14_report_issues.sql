-- report_issues: what is wrong in the newest part of each export, with account, Region and client read from its key
WITH parts AS (
    SELECT e.src_path, e.part_id, e.export_ts, e.processed_ts
    FROM {database}.export_parts AS e
    GROUP BY e.src_path, e.part_id, e.export_ts, e.processed_ts
    UNION
    SELECT i.src_path, i.part_id, i.export_ts, i.processed_ts
    FROM {database}.report_issues_raw AS i
    GROUP BY i.src_path, i.part_id, i.export_ts, i.processed_ts
),
ranked AS (
    SELECT
        p.src_path,
        p.part_id,
        ROW_NUMBER() OVER (
            PARTITION BY p.src_path
            ORDER BY p.export_ts DESC NULLS LAST, p.processed_ts DESC NULLS LAST, p.part_id DESC NULLS LAST
        ) AS age
    FROM parts AS p
),
-- The report of the rows of a part, and their client if all rows have the same.
rows_of_part AS (
    SELECT
        e.part_id,
        MIN(e.report) AS report,
        CASE WHEN MIN(e.client_type) = MAX(e.client_type) THEN MIN(e.client_type) END AS client_type
    FROM {database}.export_parts AS e
    GROUP BY e.part_id
),
placed AS (
    SELECT
        i.kind,
        i.column_name,
        i.row_rejected,
        i.line,
        i.src_path,
        i.export_ts,
        i.part_id,
        i.processed_ts,
        i.export_date,
        c.client_type AS client_of_rows,
        regexp_like(i.src_path, '(^|/)AWSLogs/[^/]+/(KiroLogs|QDeveloperLogs)/(user_report|by_user_analytic)/[^/]+/') AS is_placed,
        COALESCE(c.report = 'by_user_analytic', regexp_like(i.src_path, '(by_user_analytic/|_by_user_analytic_)')) AS is_legacy,
        regexp_like(i.src_path, '(^|/)[A-Za-z_]+_[0-9]+_user_report_[^/]*$') AS names_client
    FROM {database}.report_issues_raw AS i
    JOIN ranked AS r ON r.part_id = i.part_id AND r.src_path = i.src_path AND r.age = 1
    LEFT JOIN rows_of_part AS c ON c.part_id = i.part_id
)
SELECT
    CASE WHEN p.is_legacy THEN 'by_user_analytic' ELSE 'user_report' END AS report,  -- varchar: user_report or by_user_analytic, by the export's rows, else by its key
    CASE WHEN p.is_placed THEN regexp_replace(p.src_path, '^(.*/)?AWSLogs/([^/]+)/.*$', '$2') ELSE '' END AS source_account,  -- varchar: account in the export's key; '' for a loose file
    CASE WHEN p.is_placed THEN regexp_replace(p.src_path, '^(.*/)?AWSLogs/[^/]+/[^/]+/[^/]+/([^/]+)/.*$', '$2') ELSE '' END AS source_region,  -- varchar: Region in the export's key; '' for a loose file
    CASE
        WHEN p.is_legacy THEN ''
        WHEN p.client_of_rows IS NOT NULL THEN p.client_of_rows
        WHEN p.names_client THEN upper(regexp_replace(p.src_path, '^(.*/)?([A-Za-z_]+)_[0-9]+_user_report_[^/]*$', '$2'))
        ELSE ''
    END AS client_type,  -- varchar: client of the export's rows, else of its name; '' if neither has one
    p.kind AS kind,  -- varchar: what is wrong
    p.column_name AS column_name,  -- varchar: the column concerned, if one is
    p.row_rejected AS row_rejected,  -- boolean: whether the row was left out
    p.line AS line,  -- bigint: line in the export, from 1
    p.src_path AS src_path,  -- varchar: key of the export
    p.export_date AS export_date,  -- varchar: day of the export, YYYY-MM-DD
    p.part_id AS part_id,  -- varchar: the part's 16 hexadecimal digits
    p.processed_ts AS processed_ts  -- varchar: when the part was written, UTC, YYYYMMDDHHMMSS
FROM placed AS p
