-- data_window: one row: from when to when user_report has data, and the day that windows end on
-- Rows that replace each other have the same day, so the days of the current parts are the days of the rows.
WITH followed AS (
    SELECT
        d.activity_date,
        LEAD(d.activity_date) OVER (
            PARTITION BY d.source_account, d.source_region, d.client_type ORDER BY d.activity_date ASC NULLS LAST
        ) AS next_day
    FROM (
        SELECT e.source_account, e.source_region, e.client_type, e.activity_date
        FROM {database}.export_parts AS e
        WHERE e.report = 'user_report' AND e.is_current
        GROUP BY e.source_account, e.source_region, e.client_type, e.activity_date
    ) AS d
),
-- An account, Region and client with data on a day is expected on each of the next seven days: from the next day until
-- its next day with data.
events AS (
    SELECT
        CASE e.event
            WHEN 1 THEN f.activity_date
            WHEN 2 THEN f.activity_date + INTERVAL '1' DAY
            ELSE CASE WHEN f.next_day < f.activity_date + INTERVAL '8' DAY THEN f.next_day ELSE f.activity_date + INTERVAL '8' DAY END
        END AS day,
        CASE WHEN e.event = 1 THEN 1 ELSE 0 END AS delivered,
        CASE e.event WHEN 1 THEN 0 WHEN 2 THEN 1 ELSE -1 END AS awaited
    FROM followed AS f
    CROSS JOIN (VALUES (1), (2), (3)) AS e (event)
),
days AS (
    SELECT
        e.day,
        MAX(e.delivered) AS delivered,
        SUM(SUM(e.awaited)) OVER (ORDER BY e.day ASC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS awaited
    FROM events AS e
    GROUP BY e.day
),
delivered_days AS (
    SELECT d.day, d.awaited, MAX(d.day) OVER () AS newest_day
    FROM days AS d
    WHERE d.delivered = 1
),
-- What is missing for three days is not awaited any more.
bounds AS (
    SELECT
        MIN(d.day) AS first_day,
        MAX(d.newest_day) AS newest_day,
        greatest(
            COALESCE(MAX(CASE WHEN d.awaited = 0 THEN d.day END), MIN(d.day)),
            MIN(CASE WHEN d.day >= d.newest_day - INTERVAL '3' DAY THEN d.day END)
        ) AS complete_day
    FROM delivered_days AS d
)
SELECT
    b.first_day AS first_day,  -- date: oldest activity day; NULL without data
    b.newest_day AS newest_day,  -- date: newest activity day
    b.complete_day AS complete_day,  -- date: newest day with data of every account, Region and client of the week before; at most 3 days before the newest
    CASE WHEN s.anchor = 'complete' THEN b.complete_day ELSE b.newest_day END AS anchor_day  -- date: the day that windows end on
FROM bounds AS b
CROSS JOIN {database}.settings AS s
