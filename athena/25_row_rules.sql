-- row_rules: who sees what in Amazon Quick Sight: per user everything, the people of teams, and single persons
-- Without the setting row_rules there are none. NULL allows all values, so a row without person and team is an administrator's.
-- Names are compared in lower case. A user name is there as it is written and in lower case.
WITH called AS (
    -- What a person is called in the column manager and among the administrators.
    SELECT
        CASE {row_rules_names} WHEN 'email' THEN i.email WHEN 'username' THEN i.username END AS user_name,
        lower(CASE k.kind WHEN 1 THEN i.person_id WHEN 2 THEN i.email ELSE i.username END) AS called,
        i.person_id
    FROM {database}.identities AS i
    CROSS JOIN (VALUES (1), (2), (3)) AS k (kind)
    WHERE i.person_status <> 'forgotten'
),
viewers AS (
    SELECT {row_rules_prefix} AS prefix, c.user_name, c.called, c.person_id
    FROM called AS c
    WHERE c.user_name IS NOT NULL AND c.called IS NOT NULL
    UNION ALL
    -- A manager may be neither in the map nor in the data.
    SELECT {row_rules_prefix} AS prefix, i.manager AS user_name, lower(i.manager) AS called, CAST(NULL AS varchar) AS person_id
    FROM {database}.identities AS i
    WHERE {row_rules_names} = 'username' AND i.manager IS NOT NULL OR {row_rules_names} = 'email' AND i.manager LIKE '%@%'
    UNION ALL
    -- A user who is not in the map has the address of the exports.
    SELECT {row_rules_prefix} AS prefix, d.email AS user_name, lower(d.email) AS called, d.user_id AS person_id
    FROM {database}.user_dim AS d
    WHERE {row_rules_names} = 'email' AND d.person_status IS NULL AND d.email IS NOT NULL
    UNION ALL
    -- An administrator may be given by the user name of Quick Sight, too.
    SELECT o.prefix, a.admin AS user_name, lower(a.admin) AS called, CAST(NULL AS varchar) AS person_id
    FROM (VALUES {row_rules_admins}) AS a (admin)
    CROSS JOIN (VALUES ({row_rules_prefix}), ('')) AS o (prefix)
    WHERE {row_rules_names} <> 'off' AND a.admin IS NOT NULL
),
-- The viewer, and the people that the viewer manages. A rule cannot name a team with a quotation mark: all its people instead.
reached AS (
    SELECT
        v.prefix, v.user_name, v.person_id AS own_id,
        COALESCE(m.person_id, p.person_id) AS person_id,
        CASE WHEN p.team NOT LIKE '%"%' THEN p.team END AS team,
        MAX(CASE WHEN a.admin IS NOT NULL THEN 1 ELSE 0 END) OVER (PARTITION BY v.prefix, lower(v.user_name)) AS is_admin
    FROM viewers AS v
    LEFT JOIN (SELECT DISTINCT lower(x.admin) AS admin FROM (VALUES {row_rules_admins}) AS x (admin)) AS a ON a.admin = v.called
    LEFT JOIN {database}.identities AS p ON lower(p.manager) = v.called
    LEFT JOIN {database}.identities AS m ON m.team = p.team AND p.team LIKE '%"%'
),
rules AS (
    SELECT DISTINCT
        r.prefix || CASE s.spelling WHEN 1 THEN r.user_name ELSE lower(r.user_name) END AS user_name,
        CASE
            WHEN r.is_admin = 1 THEN CAST(NULL AS varchar)
            WHEN k.kind = 1 THEN '(everybody)'
            WHEN k.kind = 2 THEN r.own_id
            WHEN r.team IS NULL THEN r.person_id
        END AS person_id,
        CASE WHEN r.is_admin = 0 AND k.kind = 3 THEN r.team END AS team
    FROM reached AS r
    CROSS JOIN (VALUES (1), (2), (3)) AS k (kind)
    CROSS JOIN (VALUES (1), (2)) AS s (spelling)
    -- Without this condition, a rule about nobody would be a rule about everybody.
    WHERE r.is_admin = 1
        OR k.kind = 1
        OR k.kind = 2 AND r.own_id NOT LIKE '%"%'
        OR k.kind = 3 AND (r.team IS NOT NULL OR r.person_id NOT LIKE '%"%')
)
-- A comma separates the values of a rule, except in quotation marks.
SELECT
    u.user_name AS user_name,  -- varchar: user name in Quick Sight
    CASE WHEN u.person_id LIKE '%,%' THEN '"' || u.person_id || '"' ELSE u.person_id END AS person_id,  -- varchar: id in the identity map, (everybody) for the entry of that name; NULL: all
    CASE WHEN u.team LIKE '%,%' THEN '"' || u.team || '"' ELSE u.team END AS team  -- varchar: team in the identity map; NULL: all
FROM rules AS u
