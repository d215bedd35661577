-- report_issues: what is wrong in the newest part of each export, with account, Region and client
WITH parts AS (
    SELECT e.src_path, e.part_id, e.export_ts, e.processed_ts, e.modified_ts
    FROM {database}.export_parts AS e
    GROUP BY e.src_path, e.part_id, e.export_ts, e.processed_ts, e.modified_ts
    UNION
    SELECT i.src_path, i.part_id, i.export_ts, i.processed_ts, i.modified_ts
    FROM {database}.report_issues_raw AS i
    GROUP BY i.src_path, i.part_id, i.export_ts, i.processed_ts, i.modified_ts
),
ranked AS (
    SELECT
        p.src_path,
        p.part_id,
        ROW_NUMBER() OVER (
            PARTITION BY p.src_path
            ORDER BY
                p.export_ts DESC NULLS LAST, p.processed_ts DESC NULLS LAST, p.modified_ts DESC NULLS LAST,
                p.part_id DESC NULLS LAST
        ) AS age
    FROM parts AS p
),
-- The report of the rows of a part, and their client, account and Region if all rows have the same.
rows_of_part AS (
    SELECT
        e.part_id,
        MIN(e.report) AS report,
        CASE WHEN MIN(e.client_type) = MAX(e.client_type) THEN MIN(e.client_type) END AS client_type,
        CASE WHEN MIN(e.source_account) = MAX(e.source_account) THEN NULLIF(MIN(e.source_account), '') END AS source_account,
        CASE WHEN MIN(e.source_region) = MAX(e.source_region) THEN NULLIF(MIN(e.source_region), '') END AS source_region
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
        c.source_account AS account_of_rows,
        c.source_region AS region_of_rows,
        regexp_like(i.src_path, '(?i)(^|/)AWSLogs/[^/]+/(KiroLogs|QDeveloperLogs)/(user_report|by_user_analytic)/[^/]+/') AS is_placed,
        COALESCE(c.report = 'by_user_analytic', regexp_like(i.src_path, '(?i)(by_user_analytic/|_by_user_analytic_)')) AS is_legacy,
        regexp_like(i.src_path, '(?i)(^|/)[a-z_]+_[0-9]+_user_report_[^/]*$') AS names_client,
        regexp_like(i.src_path, '(?i)(^|/|_)[0-9]{12}_(user_report|by_user_analytic)_[^/]*$') AS names_account
    FROM {database}.report_issues_raw AS i
    JOIN ranked AS r ON r.part_id = i.part_id AND r.src_path = i.src_path AND r.age = 1
    LEFT JOIN rows_of_part AS c ON c.part_id = i.part_id
)
SELECT
    i.report AS report,  -- varchar: user_report or by_user_analytic, by the export's rows, else by its key
    i.source_account AS source_account,  -- varchar: account of the export's rows, else of its folders or its name; '' if unknown
    i.source_region AS source_region,  -- varchar: Region of the export's rows, else of its folders; '' if unknown
    i.client_type AS client_type,  -- varchar: client of the export's rows, else of its name; '' if neither has one
    i.kind AS kind,  -- varchar: what is wrong
    i.column_name AS column_name,  -- varchar: the column concerned, if one is
    i.row_rejected AS row_rejected,  -- boolean: whether the row was left out
    i.line AS line,  -- bigint: line in the export, from 1
    i.src_path AS src_path,  -- varchar: key of the export
    i.export_date AS export_date,  -- varchar: day of the export, YYYY-MM-DD
    i.part_id AS part_id,  -- varchar: the part's 16 hexadecimal digits
    i.processed_ts AS processed_ts  -- varchar: when the part was written, UTC, YYYYMMDDHHMMSS
FROM (
    SELECT
        CASE WHEN p.is_legacy THEN 'by_user_analytic' ELSE 'user_report' END AS report,
        CASE
            WHEN p.account_of_rows IS NOT NULL THEN p.account_of_rows
            WHEN p.is_placed THEN regexp_replace(p.src_path, '(?i)^(.*/)?AWSLogs/([^/]+)/.*$', '$2')
            WHEN p.names_account THEN regexp_replace(p.src_path, '(?i)^(.*[/_])?([0-9]{12})_(user_report|by_user_analytic)_[^/]*$', '$2')
            ELSE ''
        END AS source_account,
        CASE
            WHEN p.region_of_rows IS NOT NULL THEN p.region_of_rows
            WHEN p.is_placed THEN lower(regexp_replace(p.src_path, '(?i)^(.*/)?AWSLogs/[^/]+/[^/]+/[^/]+/([^/]+)/.*$', '$2'))
            ELSE ''
        END AS source_region,
        CASE
            WHEN p.is_legacy THEN ''
            WHEN p.client_of_rows IS NOT NULL THEN p.client_of_rows
            WHEN p.names_client THEN upper(regexp_replace(p.src_path, '(?i)^(.*/)?([a-z_]+)_[0-9]+_user_report_[^/]*$', '$2'))
            ELSE ''
        END AS client_type,
        p.kind,
        p.column_name,
        p.row_rejected,
        p.line,
        p.src_path,
        p.export_date,
        p.part_id,
        p.processed_ts
    FROM placed AS p
    UNION ALL
    -- Rows whose credits are left out of all sums.
    SELECT
        'user_report' AS report, f.source_account, f.source_region, f.client_type, 'implausible_credits' AS kind,
        'credits_used' AS column_name, FALSE AS row_rejected, f.line, f.src_path,
        substr(f.export_ts, 1, 4) || '-' || substr(f.export_ts, 5, 2) || '-' || substr(f.export_ts, 7, 2) AS export_date,
        f.part_id, f.processed_ts
    FROM {database}.report_facts AS f
    WHERE f.is_abnormal
) AS i
