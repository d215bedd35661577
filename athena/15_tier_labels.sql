-- tier_labels: how each tier code is shown and ordered, for the codes in the data and the configured ones
-- A code that nobody knows yet keeps its words: PRO_ULTRA is Pro Ultra.
WITH codes AS (
    SELECT s.tier_code
    FROM {database}.user_sightings AS s
    WHERE s.tier_code <> ''
    GROUP BY s.tier_code
    UNION
    SELECT p.tier_code FROM {database}.plans AS p
),
words AS (
    SELECT c.tier_code, n.place, COALESCE(split_part(c.tier_code, '_', n.place), '') AS word
    FROM codes AS c
    CROSS JOIN (VALUES (1), (2), (3), (4), (5), (6), (7), (8)) AS n (place)
),
pretty AS (
    SELECT
        w.tier_code,
        array_join(array_agg(upper(substr(w.word, 1, 1)) || lower(substr(w.word, 2)) ORDER BY w.place ASC NULLS LAST), ' ') AS label
    FROM words AS w
    WHERE w.word <> ''
    GROUP BY w.tier_code
),
labelled AS (
    SELECT
        c.tier_code,
        CASE WHEN c.tier_code = 'PRO_PLUS' THEN 'Pro+' ELSE COALESCE(p.label, 'Unknown') END AS tier_label,
        CASE c.tier_code
            WHEN 'FREE' THEN 1
            WHEN 'PRO' THEN 2
            WHEN 'PRO_PLUS' THEN 3
            WHEN 'PRO_MAX' THEN 4
            WHEN 'POWER' THEN 5
            ELSE 0
        END AS size_order
    FROM codes AS c
    LEFT JOIN pretty AS p ON p.tier_code = c.tier_code
)
SELECT
    t.tier_code AS tier_code,  -- varchar: canonical tier code; '' for none
    t.tier_label AS tier_label,  -- varchar: Pro, Pro+, Pro Max, Power, Free, Unknown, or the code in words
    t.tier_rank AS tier_rank  -- bigint: unique; 0 for none, then codes nobody knows by alphabet, then Free to Power
FROM (
    SELECT
        l.tier_code,
        l.tier_label,
        CAST(ROW_NUMBER() OVER (ORDER BY l.size_order ASC NULLS LAST, l.tier_code ASC NULLS LAST) AS bigint) AS tier_rank
    FROM labelled AS l
    UNION ALL
    SELECT '' AS tier_code, 'Unknown' AS tier_label, CAST(0 AS bigint) AS tier_rank
) AS t
