-- calendar: one row per day from 2020 to 2039
SELECT
    c.calendar_date AS calendar_date,  -- date: the day
    CAST(date_trunc('month', c.calendar_date) AS date) AS month_start,  -- date: first day of its month
    date_diff(
        'day',
        CAST(date_trunc('month', c.calendar_date) AS date),
        CAST(date_trunc('month', c.calendar_date) AS date) + INTERVAL '1' MONTH
    ) AS days_in_month  -- bigint: days of its month
FROM UNNEST(sequence(DATE '2020-01-01', DATE '2039-12-31', INTERVAL '1' DAY)) AS c (calendar_date)
