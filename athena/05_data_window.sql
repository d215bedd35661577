-- data_window: one row: from when to when user_report has data, and the day that windows end on
WITH deliveries AS (
    SELECT e.source_account, e.source_region, e.client_type, e.activity_date
    FROM {database}.export_parts AS e
    WHERE e.report = 'user_report'
    GROUP BY e.source_account, e.source_region, e.client_type, e.activity_date
),
days AS (
    SELECT d.activity_date FROM deliveries AS d GROUP BY d.activity_date
),
-- Whoever delivered in the seven days before a day is expected on it.
expected AS (
    SELECT d.activity_date, e.source_account, e.source_region, e.client_type
    FROM days AS d
    JOIN deliveries AS e
        ON e.activity_date >= d.activity_date - INTERVAL '7' DAY
        AND e.activity_date < d.activity_date
    GROUP BY d.activity_date, e.source_account, e.source_region, e.client_type
),
incomplete AS (
    SELECT e.activity_date
    FROM expected AS e
    LEFT JOIN deliveries AS d
        ON d.activity_date = e.activity_date
        AND d.source_account = e.source_account
        AND d.source_region = e.source_region
        AND d.client_type = e.client_type
    WHERE d.activity_date IS NULL
    GROUP BY e.activity_date
),
bounds AS (
    SELECT
        MIN(d.activity_date) AS first_day,
        MAX(d.activity_date) AS newest_day,
        MAX(CASE WHEN i.activity_date IS NULL THEN d.activity_date END) AS complete_day
    FROM days AS d
    LEFT JOIN incomplete AS i ON i.activity_date = d.activity_date
)
SELECT
    b.first_day AS first_day,  -- date: oldest activity day; NULL without data
    b.newest_day AS newest_day,  -- date: newest activity day
    b.complete_day AS complete_day,  -- date: newest day with data of every account, Region and client of the week before
    CASE WHEN s.anchor = 'complete' THEN b.complete_day ELSE b.newest_day END AS anchor_day  -- date: the day that windows end on
FROM bounds AS b
CROSS JOIN {database}.settings AS s
