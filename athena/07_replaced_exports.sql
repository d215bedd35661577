-- replaced_exports: exports that were read with several contents, and the newest of them
-- A content is named by when it was normalized, when the export was modified, and its part.
SELECT
    v.src_path AS src_path,  -- varchar: key of the export
    v.export_ts AS export_ts,  -- varchar: when the export was made, YYYYMMDDHHMM
    MAX(v.version) AS newest_version  -- varchar: processed_ts/modified_ts/part_id of the only part whose rows count
FROM (
    SELECT
        d.src_path, d.export_ts,
        COALESCE(d.processed_ts, '') || '/' || COALESCE(d.modified_ts, '') || '/' || d.part_id AS version
    FROM {database}.part_days AS d
    UNION ALL
    -- An export of zero bytes has no row, and replaces what the export had before.
    SELECT
        i.src_path, i.export_ts,
        COALESCE(i.processed_ts, '') || '/' || COALESCE(i.modified_ts, '') || '/' || i.part_id AS version
    FROM {database}.report_issues_raw AS i
    WHERE i.kind = 'empty_export'
) AS v
GROUP BY v.src_path, v.export_ts
HAVING MIN(v.version) <> MAX(v.version)
