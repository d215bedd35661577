-- first_seen: each client, tier and model with its first day: what Kiro has begun to export
WITH seen AS (
    SELECT
        'client' AS kind, b.client_type AS name, MIN(b.activity_date) AS first_day, MAX(b.activity_date) AS last_day,
        COUNT(DISTINCT b.user_number) AS people
    FROM {database}.base_user_activity AS b
    GROUP BY b.client_type
    UNION ALL
    SELECT
        'tier' AS kind, l.tier_code AS name, MIN(b.activity_date) AS first_day, MAX(b.activity_date) AS last_day,
        COUNT(DISTINCT b.user_number) AS people
    FROM {database}.base_user_activity AS b
    JOIN {database}.tier_labels AS l ON l.tier_rank = b.tier_rank
    GROUP BY l.tier_code
    UNION ALL
    SELECT
        'model' AS kind, m.model_name AS name, MIN(m.activity_date) AS first_day, MAX(m.activity_date) AS last_day,
        COUNT(DISTINCT m.user_number) AS people
    FROM {database}.model_usage AS m
    GROUP BY m.model_name
)
SELECT
    s.kind AS kind,  -- varchar: client, tier or model
    s.name AS name,  -- varchar: as in client_type, in a tier code or in model_name
    s.first_day AS first_day,  -- date: first day with it
    s.last_day AS last_day,  -- date: last day with it
    s.people AS people,  -- bigint: different users
    k.name IS NOT NULL AS is_known,  -- boolean: known by default or by the settings
    COALESCE(k.is_routing_mode, FALSE) AS is_routing_mode,  -- boolean: a way to choose a model, not a model
    s.first_day > w.first_day AND s.first_day > w.newest_day - INTERVAL '14' DAY AS is_new,  -- boolean: first seen in the last 14 days of the data, and not on its first day
    s.kind <> 'model' AND k.name IS NULL
        OR s.first_day > w.first_day AND s.first_day > w.newest_day - INTERVAL '14' DAY AS is_announced  -- boolean: new, or a client or tier that is not known
FROM seen AS s
CROSS JOIN {database}.data_window AS w
LEFT JOIN {database}.known_names AS k ON k.kind = s.kind AND k.name = s.name
WHERE s.name <> ''
