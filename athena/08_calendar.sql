-- calendar: one row per day of the data, from the first day of its first month to its newest day
SELECT
    c.calendar_date AS calendar_date,  -- date: the day
    CAST(date_trunc('month', c.calendar_date) AS date) AS month_start,  -- date: first day of its month
    date_diff(
        'day',
        CAST(date_trunc('month', c.calendar_date) AS date),
        CAST(date_trunc('month', c.calendar_date) AS date) + INTERVAL '1' MONTH
    ) AS days_in_month,  -- bigint: days of its month
    c.day_number AS day_number,  -- bigint: place of the day, from 0
    c.anchor_day AS anchor_day  -- date: the day that windows end on, as in data_window
FROM (
    SELECT
        date_add('day', n.day_number, CAST(date_trunc('month', w.first_day) AS date)) AS calendar_date,
        n.day_number,
        w.newest_day,
        w.anchor_day
    FROM (
        SELECT date_diff('day', DATE '2000-01-01', s.day) AS day_number
        FROM UNNEST(sequence(DATE '2000-01-01', DATE '2026-12-31', INTERVAL '1' DAY)) AS s (day)
    ) AS n
    CROSS JOIN {database}.data_window AS w
) AS c
WHERE c.calendar_date <= c.newest_day
