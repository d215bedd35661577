-- first_seen: each client, tier and model with its first day: what Kiro has begun to export
WITH rows_of_users AS (
    SELECT
        f.client_type, COALESCE(f.subscription_tier, '') AS tier_code, f.user_id,
        MIN(f.activity_date) AS first_day, MAX(f.activity_date) AS last_day
    FROM {database}.report_facts AS f
    GROUP BY f.client_type, COALESCE(f.subscription_tier, ''), f.user_id
),
models_of_users AS (
    SELECT m.model_name, m.user_id, MIN(m.activity_date) AS first_day, MAX(m.activity_date) AS last_day
    FROM {database}.report_models AS m
    WHERE m.messages > 0
    GROUP BY m.model_name, m.user_id
),
seen AS (
    SELECT
        k.kind,
        CASE k.kind WHEN 'client' THEN r.client_type ELSE r.tier_code END AS name,
        MIN(r.first_day) AS first_day,
        MAX(r.last_day) AS last_day,
        COUNT(DISTINCT r.user_id) AS people
    FROM rows_of_users AS r
    CROSS JOIN (VALUES ('client'), ('tier')) AS k (kind)
    GROUP BY k.kind, CASE k.kind WHEN 'client' THEN r.client_type ELSE r.tier_code END
    UNION ALL
    SELECT 'model' AS kind, m.model_name AS name, MIN(m.first_day) AS first_day, MAX(m.last_day) AS last_day, COUNT(*) AS people
    FROM models_of_users AS m
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
