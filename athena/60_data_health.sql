-- data_health: what has arrived and what is wrong with it, per report, account, Region and client
-- by_user_analytic has no client: its rows have ''.
WITH deliveries AS (
    SELECT
        e.report, e.source_account, e.source_region, e.client_type,
        MIN(CASE WHEN e.is_current THEN e.activity_date END) AS first_day,
        MAX(CASE WHEN e.is_current THEN e.activity_date END) AS newest_day,
        COUNT(DISTINCT CASE WHEN e.is_current THEN e.activity_date END) AS days_with_data,
        COUNT(DISTINCT CASE WHEN e.is_current THEN e.src_path END) AS exports,
        COUNT(DISTINCT e.part_id) AS parts,
        MAX(e.export_ts) AS newest_export_ts,
        MAX(e.processed_ts) AS newest_processed_ts,
        SUM(e.row_count) AS row_count
    FROM {database}.export_parts AS e
    GROUP BY e.report, e.source_account, e.source_region, e.client_type
    HAVING BOOL_OR(e.is_current)
),
fleet AS (
    SELECT MAX(d.newest_day) AS newest_day FROM deliveries AS d
),
problems AS (
    SELECT
        i.report, i.source_account, i.source_region, i.client_type,
        COUNT(*) AS issues,
        COUNT(DISTINCT i.src_path) AS exports_with_issues,
        COUNT(CASE WHEN i.row_rejected THEN 1 END) AS rejected_rows,
        COUNT(CASE WHEN i.kind = 'missing_user' THEN 1 END) AS missing_user,
        COUNT(CASE WHEN i.kind = 'bad_date' THEN 1 END) AS bad_date,
        COUNT(CASE WHEN i.kind = 'ambiguous_date' THEN 1 END) AS ambiguous_date,
        COUNT(CASE WHEN i.kind = 'implausible_date' THEN 1 END) AS implausible_date,
        COUNT(CASE WHEN i.kind = 'bad_value' THEN 1 END) AS bad_value,
        COUNT(CASE WHEN i.kind = 'repeated_key' THEN 1 END) AS repeated_key,
        COUNT(CASE WHEN i.kind = 'model_sum' THEN 1 END) AS model_sum,
        COUNT(CASE WHEN i.kind = 'implausible_credits' THEN 1 END) AS implausible_credits,
        COUNT(CASE WHEN i.kind = 'unknown_column' THEN 1 END) AS unknown_column,
        COUNT(CASE WHEN i.kind = 'duplicate_column' THEN 1 END) AS duplicate_column,
        COUNT(CASE WHEN i.kind = 'short_row' THEN 1 END) AS short_row,
        COUNT(CASE WHEN i.kind = 'surplus_cells' THEN 1 END) AS surplus_cells,
        COUNT(CASE WHEN i.kind = 'invalid_utf8' THEN 1 END) AS invalid_utf8,
        COUNT(CASE WHEN i.kind = 'empty_export' THEN 1 END) AS empty_export,
        COUNT(CASE WHEN i.kind = 'unreadable_export' THEN 1 END) AS unreadable_export
    FROM {database}.report_issues AS i
    GROUP BY i.report, i.source_account, i.source_region, i.client_type
),
places AS (
    SELECT d.report, d.source_account, d.source_region, d.client_type FROM deliveries AS d
    UNION
    SELECT p.report, p.source_account, p.source_region, p.client_type FROM problems AS p
)
SELECT
    k.report AS report,  -- varchar: user_report or by_user_analytic
    k.source_account AS source_account,  -- varchar: account of the rows; '' if unknown
    k.source_region AS source_region,  -- varchar: Region of the rows; '' if unknown
    k.client_type AS client_type,  -- varchar: client; '' for by_user_analytic and where it is unknown
    d.first_day AS first_day,  -- date: oldest activity day; NULL where nothing could be read
    d.newest_day AS newest_day,  -- date: newest activity day
    f.newest_day AS fleet_newest_day,  -- date: newest activity day of all reports, accounts, Regions and clients
    date_diff('day', d.newest_day, f.newest_day) AS days_behind,  -- bigint: from this newest day to the fleet's
    COALESCE(d.days_with_data, CAST(0 AS bigint)) AS days_with_data,  -- bigint: different activity days
    date_diff('day', d.first_day, f.newest_day) + 1 - d.days_with_data AS days_missing,  -- bigint: days without a row between the first day and the fleet's newest
    COALESCE(d.exports, CAST(0 AS bigint)) AS exports,  -- bigint: exports with at least one row
    COALESCE(d.parts, CAST(0 AS bigint)) AS parts,  -- bigint: parts with at least one row; more than exports where exports were rewritten
    COALESCE(d.row_count, CAST(0 AS bigint)) AS row_count,  -- bigint: rows in the parts, superseded ones too
    d.newest_export_ts AS newest_export_ts,  -- varchar: when the newest export was made, YYYYMMDDHHMM
    d.newest_processed_ts AS newest_processed_ts,  -- varchar: when the newest part was written, UTC, YYYYMMDDHHMMSS
    COALESCE(p.issues, CAST(0 AS bigint)) AS issues,  -- bigint: issues in the newest part of each export
    COALESCE(p.exports_with_issues, CAST(0 AS bigint)) AS exports_with_issues,  -- bigint: exports with any issue
    COALESCE(p.rejected_rows, CAST(0 AS bigint)) AS rejected_rows,  -- bigint: rows left out
    COALESCE(p.missing_user, CAST(0 AS bigint)) AS missing_user,  -- bigint: rows without a user
    COALESCE(p.bad_date, CAST(0 AS bigint)) AS bad_date,  -- bigint: rows without a readable date
    COALESCE(p.ambiguous_date, CAST(0 AS bigint)) AS ambiguous_date,  -- bigint: rows whose date can be read two ways
    COALESCE(p.implausible_date, CAST(0 AS bigint)) AS implausible_date,  -- bigint: rows dated after their export, or before the product existed
    COALESCE(p.bad_value, CAST(0 AS bigint)) AS bad_value,  -- bigint: cells that are no number or boolean where one is due
    COALESCE(p.repeated_key, CAST(0 AS bigint)) AS repeated_key,  -- bigint: further rows of a key in one export
    COALESCE(p.model_sum, CAST(0 AS bigint)) AS model_sum,  -- bigint: rows whose models do not add up to the total
    COALESCE(p.implausible_credits, CAST(0 AS bigint)) AS implausible_credits,  -- bigint: rows with more credits in a day than plan and cap allow by far
    COALESCE(p.unknown_column, CAST(0 AS bigint)) AS unknown_column,  -- bigint: unknown columns, per export
    COALESCE(p.duplicate_column, CAST(0 AS bigint)) AS duplicate_column,  -- bigint: columns given twice, per export
    COALESCE(p.short_row, CAST(0 AS bigint)) AS short_row,  -- bigint: rows with too few cells
    COALESCE(p.surplus_cells, CAST(0 AS bigint)) AS surplus_cells,  -- bigint: rows with too many cells
    COALESCE(p.invalid_utf8, CAST(0 AS bigint)) AS invalid_utf8,  -- bigint: cells that are not UTF-8
    COALESCE(p.empty_export, CAST(0 AS bigint)) AS empty_export,  -- bigint: exports of zero bytes
    COALESCE(p.unreadable_export, CAST(0 AS bigint)) AS unreadable_export  -- bigint: exports that could not be read at all
FROM places AS k
CROSS JOIN fleet AS f
LEFT JOIN deliveries AS d
    ON d.report = k.report
    AND d.source_account = k.source_account
    AND d.source_region = k.source_region
    AND d.client_type = k.client_type
LEFT JOIN problems AS p
    ON p.report = k.report
    AND p.source_account = k.source_account
    AND p.source_region = k.source_region
    AND p.client_type = k.client_type
