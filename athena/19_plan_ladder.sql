-- plan_ladder: the plans that advice may suggest by size, and the credits a month up to which each is the cheapest
-- A plan costs its fee and the price of what exceeds its credits. Up to the break-even point with the next larger plan that is
-- ever cheaper, it is the cheaper of the two; at the point itself both cost the same.
WITH offered AS (
    SELECT
        t.tier_label,
        t.tier_rank,
        t.credits,
        t.monthly_fee_usd,
        MIN(t.monthly_fee_usd) OVER (
            ORDER BY t.credits DESC NULLS LAST, t.tier_rank DESC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS cheapest_larger_usd
    FROM {database}.tiers AS t
    WHERE t.suggest AND t.credits > 0e0
),
-- A plan for which a larger one costs no more is never the best.
priced AS (
    SELECT
        o.tier_label,
        o.tier_rank,
        o.credits,
        o.monthly_fee_usd,
        s.overage_usd_per_credit,
        -- Of two plans that are both exceeded, the one with less of this is cheaper.
        o.monthly_fee_usd - o.credits * s.overage_usd_per_credit AS exceeded_usd
    FROM offered AS o
    CROSS JOIN {database}.settings AS s
    WHERE o.monthly_fee_usd IS NULL OR o.cheapest_larger_usd IS NULL OR o.monthly_fee_usd < o.cheapest_larger_usd
),
marked AS (
    SELECT
        p.*,
        COALESCE(p.exceeded_usd < MIN(p.exceeded_usd) OVER (
            ORDER BY p.credits ASC NULLS LAST, p.tier_rank ASC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), p.monthly_fee_usd IS NOT NULL) AS is_ever_cheapest,
        ROW_NUMBER() OVER (ORDER BY p.credits DESC NULLS LAST, p.tier_rank DESC NULLS LAST) = 1 AS is_largest
    FROM priced AS p
),
followed AS (
    SELECT
        m.*,
        MIN(CASE WHEN m.is_ever_cheapest THEN m.monthly_fee_usd END) OVER (
            ORDER BY m.credits ASC NULLS LAST, m.tier_rank ASC NULLS LAST ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
        ) AS next_fee_usd
    FROM marked AS m
),
-- A plan without a known fee is taken where it is the smallest that includes the credits.
bounds AS (
    SELECT
        f.*,
        MAX(
            CASE
                WHEN f.is_largest OR f.overage_usd_per_credit <= 0e0 THEN 1e300
                WHEN NOT f.is_ever_cheapest THEN f.credits
                WHEN f.next_fee_usd IS NULL THEN 1e300
                ELSE f.credits + (f.next_fee_usd - f.monthly_fee_usd) / NULLIF(f.overage_usd_per_credit, 0e0)
            END
        ) OVER (
            ORDER BY f.credits ASC NULLS LAST, f.tier_rank ASC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS cheapest_up_to
    FROM followed AS f
)
SELECT
    b.tier_label AS tier_label,  -- varchar: the plan's tier
    b.credits AS credits,  -- double: credits that the plan includes
    b.monthly_fee_usd AS monthly_fee_usd,  -- double: USD per user and month; NULL if unknown
    b.cheapest_up_to AS cheapest_up_to,  -- double: credits a month up to which it is the cheapest where overage is on; 1e300 without a bound
    COALESCE(LAG(b.credits) OVER (ORDER BY b.credits ASC NULLS LAST, b.tier_rank ASC NULLS LAST), -1e0) AS smaller_credits,  -- double: credits of the next smaller plan; -1 for the smallest
    COALESCE(LAG(b.cheapest_up_to) OVER (ORDER BY b.credits ASC NULLS LAST, b.tier_rank ASC NULLS LAST), -1e0) AS smaller_cheapest_up_to,  -- double: cheapest_up_to of the next smaller plan; -1 for the smallest
    b.is_largest AS is_largest  -- boolean: no plan is larger
FROM bounds AS b
