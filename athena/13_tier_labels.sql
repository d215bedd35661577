-- tier_labels: how each tier code is shown, for the codes in the data and the configured ones
-- A code that nobody knows yet keeps its words: PRO_ULTRA is Pro Ultra. It never takes the place of a known one.
WITH codes AS (
    SELECT f.subscription_tier AS tier_code
    FROM {database}.report_facts_raw AS f
    WHERE f.subscription_tier IS NOT NULL
    GROUP BY f.subscription_tier
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
)
SELECT
    c.tier_code AS tier_code,  -- varchar: canonical tier code; '' for none
    CASE c.tier_code
        WHEN 'PRO_PLUS' THEN 'Pro+'
        WHEN '' THEN 'Unknown'
        ELSE COALESCE(p.label, 'Unknown')
    END AS tier_label,  -- varchar: Pro, Pro+, Pro Max, Power, Free, Unknown, or the code in words
    CASE c.tier_code
        WHEN '' THEN CAST(0 AS bigint)
        WHEN 'FREE' THEN CAST(2 AS bigint)
        WHEN 'PRO' THEN CAST(3 AS bigint)
        WHEN 'PRO_PLUS' THEN CAST(4 AS bigint)
        WHEN 'PRO_MAX' THEN CAST(5 AS bigint)
        WHEN 'POWER' THEN CAST(6 AS bigint)
        ELSE CAST(1 AS bigint)
    END AS tier_rank  -- bigint: order of the plans, the largest last; decides between two tiers of one day
FROM (
    SELECT c.tier_code FROM codes AS c WHERE c.tier_code <> ''
    UNION ALL
    SELECT '' AS tier_code
) AS c
LEFT JOIN pretty AS p ON p.tier_code = c.tier_code
