-- forgotten_users: users that are shown by a mask only: no view has their addresses
SELECT
    i.idc_user_id AS user_id  -- varchar: canonical user id
FROM {database}.identity_map AS i
WHERE i.status = 'forgotten'
GROUP BY i.idc_user_id
