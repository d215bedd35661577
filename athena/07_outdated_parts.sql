-- outdated_parts: parts with an earlier content of an export; none of their rows count
SELECT
    e.part_id AS part_id,  -- varchar: the part's 16 hexadecimal digits
    e.src_path AS src_path,  -- varchar: key of the export
    e.export_ts AS export_ts  -- varchar: when the export was made, YYYYMMDDHHMM
FROM {database}.export_parts AS e
WHERE NOT e.is_current
GROUP BY e.part_id, e.src_path, e.export_ts
