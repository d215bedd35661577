-- user_dim: who each user is: label, names, team, current tier
-- Each relation is read once: Trino plans a relation again for every mention.
WITH ranked AS (
    SELECT
        s.*,
        l.tier_label,
        -- The tier of the latest day with a tier; on the same day the larger plan, then the code.
        ROW_NUMBER() OVER (
            PARTITION BY s.user_id
            ORDER BY
                CASE WHEN s.tier_code <> '' THEN s.last_day END DESC NULLS LAST,
                l.tier_rank DESC NULLS LAST, s.tier_code ASC NULLS LAST
        ) AS tier_place,
        -- The address of the latest day with an address; on the same day the first by alphabet.
        ROW_NUMBER() OVER (
            PARTITION BY s.user_id
            ORDER BY CASE WHEN s.email <> '' THEN s.last_day END DESC NULLS LAST, s.email ASC NULLS LAST
        ) AS email_place,
        MIN(s.first_day) OVER (PARTITION BY s.report, s.source_account, s.source_region) AS data_day,
        -- Whether an earlier sighting is not over yet: only then a day can have rows of two accounts, profiles or tiers.
        CASE
            WHEN s.first_day <= MAX(s.last_day) OVER (
                PARTITION BY s.user_id, s.report ORDER BY s.first_day ASC NULLS LAST, s.last_day ASC NULLS LAST
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            )
            THEN 1
            ELSE 0
        END AS overlaps
    FROM {database}.user_sightings AS s
    LEFT JOIN {database}.tier_labels AS l ON l.tier_code = s.tier_code
),
users AS (
    SELECT
        r.user_id,
        MIN(r.first_day) AS first_day,
        MAX(r.last_day) AS last_day,
        MIN(CASE WHEN r.report = 'user_report' THEN r.first_day END) AS first_active_day,
        MAX(CASE WHEN r.report = 'user_report' THEN r.data_day END) AS data_day,
        MAX(NULLIF(r.profile_id, '')) AS profile_id,
        COUNT(DISTINCT r.source_account || '/' || r.source_region) AS sources,
        CASE
            WHEN MAX(r.overlaps) = 0 THEN FALSE
            ELSE COUNT(DISTINCT CASE WHEN r.report = 'user_report' THEN r.source_account || '/' || r.source_region || '/' || r.profile_id || '/' || r.tier_code END) > 1
        END AS is_split,
        MAX(CASE WHEN r.tier_place = 1 THEN NULLIF(r.tier_code, '') END) AS tier_code,
        MAX(CASE WHEN r.tier_place = 1 AND r.tier_code <> '' THEN r.tier_label END) AS tier_label,
        MAX(CASE WHEN r.email_place = 1 THEN NULLIF(r.email, '') END) AS email
    FROM ranked AS r
    GROUP BY r.user_id
),
named AS (
    SELECT
        u.user_id,
        u.first_day,
        u.last_day,
        u.first_active_day,
        u.data_day,
        u.profile_id,
        u.sources,
        u.is_split,
        u.email,
        COALESCE(d.display_name, u.email, d.username, u.user_id) AS label,
        d.username,
        d.display_name,
        d.email AS idc_email,
        d.team,
        d.cost_center,
        d.manager,
        d.person_status,
        u.tier_code,
        COALESCE(u.tier_label, 'Unknown') AS tier_label
    FROM users AS u
    LEFT JOIN {database}.identities AS d ON d.user_id = u.user_id
),
counted AS (
    SELECT n.*, COUNT(*) OVER (PARTITION BY n.label) AS same_label
    FROM named AS n
),
short AS (
    SELECT
        c.*,
        CASE
            WHEN c.same_label = 1 THEN c.label
            ELSE c.label || ' (' || substr(c.user_id, greatest(length(c.user_id) - 3, 1)) || ')'
        END AS short_label
    FROM counted AS c
),
checked AS (
    SELECT s.*, COUNT(*) OVER (PARTITION BY s.short_label) AS same_short_label
    FROM short AS s
)
SELECT
    c.user_id AS user_id,  -- varchar: canonical user id
    c.email AS email,  -- varchar: latest non-empty address of the exports, or its digest; NULL if none, and for a forgotten user
    CASE
        WHEN c.same_short_label = 1 THEN c.short_label
        ELSE c.label || ' (' || c.user_id || ')'
    END AS user_label,  -- varchar: display name, else address, else user name, else id; unique
    c.username AS idc_username,  -- varchar: user name in the directory; NULL without identity map
    c.display_name AS idc_display_name,  -- varchar: display name in the identity map, or the mask of a forgotten user; NULL without identity map
    c.idc_email AS idc_email,  -- varchar: address in the directory, or its digest; NULL without identity map
    c.team AS team,  -- varchar: team in the identity map; NULL if none
    c.cost_center AS cost_center,  -- varchar: cost centre in the identity map; NULL if none
    c.manager AS manager,  -- varchar: manager in the identity map; NULL if none
    c.person_status AS person_status,  -- varchar: active, left or forgotten in the identity map; NULL if not in it
    c.tier_label AS subscription_tier,  -- varchar: current tier: of the latest day with a tier
    c.tier_code AS tier_code,  -- varchar: code of the current tier; NULL if no row has one
    c.profile_id AS profile_id,  -- varchar: ARN of the Kiro profile; the last by alphabet of several
    c.sources AS sources,  -- bigint: accounts and Regions the user appears under
    c.is_split AS is_split,  -- boolean: the user may have several rows of one day and client: of accounts, Regions, profiles or tiers
    c.first_day AS first_seen_date,  -- date: first day in either report
    c.first_active_day AS first_active_date,  -- date: first day in user_report; NULL if in none
    c.data_day AS data_from,  -- date: first day of user_report for the user's account and Region, the latest of several; NULL if the user is in none
    c.last_day AS last_seen_date,  -- date: last day in either report
    CAST(ROW_NUMBER() OVER (ORDER BY c.user_id ASC NULLS LAST) AS bigint) AS user_number  -- bigint: narrow key for joins; moves when users appear
FROM checked AS c
