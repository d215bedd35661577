-- identities: one row per person of the identity map: names, team, status, seat
-- The identity map may repeat ids. A forgotten person has the mask as its name, and nothing else.
WITH persons AS (
    SELECT
        CASE WHEN i.idc_user_id NOT LIKE 'roster:%' THEN i.idc_user_id END AS user_id,
        MAX({name(i.idc_user_id)}) AS person_id,
        MAX({name(i.idc_username)}) AS username,
        MAX({name(i.idc_display_name)}) AS display_name,
        MAX(CASE WHEN i.status = 'forgotten' THEN {name(i.idc_display_name)} END) AS mask,
        MAX({address(i.idc_email)}) AS email,
        MAX({name(i.team)}) AS team,
        MAX({name(i.cost_center)}) AS cost_center,
        MAX({name(i.manager)}) AS manager,
        MAX(CASE i.status WHEN 'forgotten' THEN 2 WHEN 'left' THEN 1 ELSE 0 END) AS status_rank,
        MAX(CASE WHEN i.is_seat = 'yes' THEN 1 ELSE 0 END) AS seat_rank
    FROM {database}.identity_map AS i
    WHERE i.idc_user_id <> ''
    GROUP BY i.idc_user_id
)
SELECT
    p.user_id AS user_id,  -- varchar: canonical user id; NULL for a person of the roster without one
    p.person_id AS person_id,  -- varchar: id in the identity map: the user id, or roster: and an address or user name; its digest if it has an address and addresses are hashed
    CASE WHEN p.status_rank < 2 THEN p.username END AS username,  -- varchar: user name; NULL if none
    CASE WHEN p.status_rank < 2 THEN p.display_name ELSE p.mask END AS display_name,  -- varchar: display name, or the mask of a forgotten person; NULL if none
    CASE WHEN p.status_rank < 2 THEN p.email END AS email,  -- varchar: address in the roster or the directory, or its digest; NULL if none
    CASE WHEN p.status_rank < 2 THEN p.team END AS team,  -- varchar: team; NULL if none
    CASE WHEN p.status_rank < 2 THEN p.cost_center END AS cost_center,  -- varchar: cost centre; NULL if none
    CASE WHEN p.status_rank < 2 THEN p.manager END AS manager,  -- varchar: manager; NULL if none
    CASE p.status_rank WHEN 2 THEN 'forgotten' WHEN 1 THEN 'left' ELSE 'active' END AS person_status,  -- varchar: active, left or forgotten
    p.seat_rank = 1 AND p.status_rank < 2 AS is_seat  -- boolean: in the roster or in a seat group
FROM persons AS p
