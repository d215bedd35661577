-- tier_labels: how each tier code is shown and ordered, for the codes in the data and the configured ones
-- A code without a label is shown by its words: PRO_ULTRA is Pro Ultra.
WITH codes AS (
    SELECT f.subscription_tier AS tier_code
    FROM {database}.report_facts_raw AS f
    WHERE f.subscription_tier <> ''
    GROUP BY f.subscription_tier
    UNION
    SELECT p.tier_code FROM {database}.plans AS p
),
labelled AS (
    SELECT
        c.tier_code,
        CASE
            WHEN k.label IS NOT NULL THEN k.label
            ELSE trim(replace(replace(
                upper(substr(COALESCE(split_part(c.tier_code, '_', 1), ''), 1, 1)) || lower(substr(COALESCE(split_part(c.tier_code, '_', 1), ''), 2)) || ' ' ||
                upper(substr(COALESCE(split_part(c.tier_code, '_', 2), ''), 1, 1)) || lower(substr(COALESCE(split_part(c.tier_code, '_', 2), ''), 2)) || ' ' ||
                upper(substr(COALESCE(split_part(c.tier_code, '_', 3), ''), 1, 1)) || lower(substr(COALESCE(split_part(c.tier_code, '_', 3), ''), 2)) || ' ' ||
                upper(substr(COALESCE(split_part(c.tier_code, '_', 4), ''), 1, 1)) || lower(substr(COALESCE(split_part(c.tier_code, '_', 4), ''), 2)) || ' ' ||
                upper(substr(COALESCE(split_part(c.tier_code, '_', 5), ''), 1, 1)) || lower(substr(COALESCE(split_part(c.tier_code, '_', 5), ''), 2)) || ' ' ||
                upper(substr(COALESCE(split_part(c.tier_code, '_', 6), ''), 1, 1)) || lower(substr(COALESCE(split_part(c.tier_code, '_', 6), ''), 2)) || ' ' ||
                upper(substr(COALESCE(split_part(c.tier_code, '_', 7), ''), 1, 1)) || lower(substr(COALESCE(split_part(c.tier_code, '_', 7), ''), 2)) || ' ' ||
                upper(substr(COALESCE(split_part(c.tier_code, '_', 8), ''), 1, 1)) || lower(substr(COALESCE(split_part(c.tier_code, '_', 8), ''), 2)),
                '  ', ' '), '  ', ' '))
        END AS tier_label,
        CASE c.tier_code
            WHEN 'FREE' THEN 1
            WHEN 'PRO' THEN 2
            WHEN 'PRO_PLUS' THEN 3
            WHEN 'PRO_MAX' THEN 4
            WHEN 'POWER' THEN 5
            ELSE 0
        END AS size_order,
        COALESCE(p.credits, 0e0) AS credits
    FROM codes AS c
    LEFT JOIN {database}.plans AS p ON p.tier_code = c.tier_code
    LEFT JOIN {database}.known_names AS k ON k.kind = 'tier' AND k.name = c.tier_code
)
SELECT
    t.tier_code AS tier_code,  -- varchar: canonical tier code; '' for none
    t.tier_label AS tier_label,  -- varchar: the label of the settings, the code in words, or Unknown
    t.tier_rank AS tier_rank  -- bigint: unique; 0 for none, then by configured credits, from Free to Power, by alphabet
FROM (
    SELECT
        l.tier_code,
        COALESCE(NULLIF(l.tier_label, ''), 'Unknown') AS tier_label,
        CAST(ROW_NUMBER() OVER (ORDER BY l.credits ASC NULLS LAST, l.size_order ASC NULLS LAST, l.tier_code ASC NULLS LAST) AS bigint) AS tier_rank
    FROM labelled AS l
    UNION ALL
    SELECT '' AS tier_code, 'Unknown' AS tier_label, CAST(0 AS bigint) AS tier_rank
) AS t
