-- seats: one row per person who is known or in the data: whether the seat is used, and what it costs
-- Known people are those in the roster or in a seat group. Activity of either report counts.
WITH persons AS (
    SELECT
        COALESCE(u.user_id, i.person_id) AS person_id,
        u.user_id,
        COALESCE(u.user_label, i.display_name, i.email, i.username, i.person_id) AS label,
        COALESCE(i.email, u.email) AS email,
        i.username,
        i.team,
        i.cost_center,
        i.manager,
        i.person_status,
        COALESCE(i.is_seat, FALSE) AS is_seat,
        u.first_seen_date,
        u.last_seen_date,
        u.subscription_tier,
        u.tier_code
    FROM {database}.user_dim AS u
    FULL OUTER JOIN {database}.identities AS i ON i.user_id = u.user_id
    WHERE u.user_id IS NOT NULL OR i.is_seat
),
dated AS (
    SELECT
        p.*,
        MAX(CASE WHEN p.is_seat THEN 1 ELSE 0 END) OVER () AS has_known_people,
        -- Labels of users are unique. A person who is not in the data must not have the label of another one.
        COUNT(*) OVER (PARTITION BY p.label) AS same_label,
        -- Without the current report, the newest day of the legacy report.
        CASE
            WHEN p.last_seen_date IS NOT NULL
            THEN greatest(date_diff('day', p.last_seen_date, COALESCE(w.complete_day, MAX(p.last_seen_date) OVER ())), CAST(0 AS bigint))
        END AS quiet_days,
        s.seat_idle_days,
        s.seat_default_plan
    FROM persons AS p
    CROSS JOIN {database}.data_window AS w
    CROSS JOIN {database}.settings AS s
),
states AS (
    SELECT
        d.*,
        CASE
            WHEN d.user_id IS NULL AND d.person_status = 'left' THEN 'left'
            WHEN d.user_id IS NULL THEN 'never_used'
            WHEN d.person_status = 'left' AND d.quiet_days < d.seat_idle_days THEN 'leaving'
            WHEN d.person_status = 'left' THEN 'left'
            WHEN d.quiet_days >= d.seat_idle_days THEN 'idle'
            ELSE 'active'
        END AS seat_state
    FROM dated AS d
),
priced AS (
    SELECT
        t.*,
        COALESCE(t.subscription_tier, l.tier_label) AS seat_tier,
        f.monthly_fee_usd
    FROM states AS t
    LEFT JOIN {database}.plans AS f
        ON f.tier_code = CASE WHEN t.seat_state = 'never_used' THEN t.seat_default_plan ELSE t.tier_code END
    LEFT JOIN {database}.tier_labels AS l ON l.tier_code = f.tier_code
)
SELECT
    c.person_id AS person_id,  -- varchar: canonical user id; for a person who is not in the data the id in the identity map
    c.user_id AS user_id,  -- varchar: canonical user id; NULL for a person who is not in the data
    CASE
        WHEN c.user_id IS NULL AND c.same_label > 1 THEN c.label || ' (' || replace(c.person_id, 'roster:', '') || ')'
        ELSE c.label
    END AS user_label,  -- varchar: label of the user; for others display name, else address, else user name, else id; unique
    c.email AS email,  -- varchar: address in the roster or the directory, else of the exports, or its digest; NULL if none
    c.username AS idc_username,  -- varchar: user name in the directory; NULL without identity map
    c.team AS team,  -- varchar: team in the identity map; NULL if none
    c.cost_center AS cost_center,  -- varchar: cost centre in the identity map; NULL if none
    c.manager AS manager,  -- varchar: manager in the identity map; NULL if none
    c.person_status AS person_status,  -- varchar: active, left or forgotten in the identity map; NULL if not in it
    CASE
        WHEN c.has_known_people = 1 AND COALESCE(c.person_status, 'active') <> 'forgotten' THEN c.is_seat
    END AS is_known,  -- boolean: in the roster or in a seat group; NULL where nobody is, and for a forgotten person
    c.first_seen_date AS first_active_date,  -- date: first day in either report; NULL if in none
    c.last_seen_date AS last_active_date,  -- date: last day in either report; NULL if in none
    c.quiet_days AS days_since_last_activity,  -- bigint: from there to the newest complete day; NULL if never active
    c.seat_state AS seat_state,  -- varchar: active, idle, never_used, leaving or left
    c.seat_tier AS subscription_tier,  -- varchar: current tier; the configured default for a person who is not in the data; NULL if unknown
    c.monthly_fee_usd AS monthly_fee_usd,  -- double: configured fee of that plan; NULL if unknown
    CASE WHEN c.monthly_fee_usd IS NOT NULL AND c.seat_state IN ('active', 'leaving') THEN 0e0 ELSE c.monthly_fee_usd END AS wasted_usd  -- double: fee per month of a seat without use; 0 for a used one, NULL where the fee is unknown
FROM priced AS c
