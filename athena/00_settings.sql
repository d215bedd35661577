-- settings: one row with the prices and thresholds in force
SELECT
    {overage_usd_per_credit} AS overage_usd_per_credit,  -- double: price of one overage credit
    {overage_reading} AS overage_reading,  -- varchar: daily: the export's overage is the day's; cumulative: the month's so far
    {abnormal_credits_factor} AS abnormal_credits_factor,  -- double: credits of one day are abnormal beyond this multiple of what a month may use; 0 turns the rule off
    {abnormal_credits_floor} AS abnormal_credits_floor,  -- double: fewer credits than this are never abnormal
    {largest_plan_credits} AS largest_plan_credits,  -- double: the largest credits of a configured plan, where a plan or an overage cap is unknown
    {anchor} AS anchor,  -- varchar: the day windows end on: newest with data, or newest complete
    {budget_at_risk_share} AS at_risk_share,  -- double: at risk from this share of the allowance on
    {budget_warning_share} AS warning_share,  -- double: second warning level
    {budget_full_share} AS full_share,  -- double: third warning level
    {budget_under_use_share} AS under_use_share,  -- double: below this share a smaller plan is looked for
    {idle_after_days} AS idle_after_days,  -- bigint: days without activity after which a user is idle
    {former_after_days} AS former_after_days,  -- bigint: days without activity after which a user is a former one
    {forecast_after_days} AS forecast_after_days,  -- bigint: days covered of a month before its rate is used for advice
    {pace_tolerance_credits} AS pace_tolerance_credits,  -- double: credits within which use counts as on pace
    {very_high_share} AS very_high_share,  -- double: very high use from this share on
    {high_share} AS high_share,  -- double: high use from this share on
    {normal_share} AS normal_share,  -- double: normal use from this share on
    {lower_share} AS lower_share,  -- double: lower use from this share on, low below
    {movers_min_prior_messages} AS movers_min_prior_messages,  -- bigint: messages in the week before from which a fall counts
    {movers_at_risk_share} AS movers_at_risk_share,  -- double: at risk below this share of the week before
    {losing_interest_share} AS losing_interest_share,  -- double: losing interest below this share of the usual active days
    {losing_interest_days} AS losing_interest_days,  -- bigint: usual active days in two weeks from which a user can lose interest
    {intensive_days} AS intensive_days,  -- bigint: active days per 30 days from which use is intensive
    {intensive_messages} AS intensive_messages,  -- bigint: messages per 30 days from which use is intensive
    {regular_days} AS regular_days,  -- bigint: active days per 30 days from which use is regular
    {high_volume_messages} AS high_volume_messages,  -- bigint: messages per 30 days from which volume is high
    {high_volume_conversations} AS high_volume_conversations,  -- bigint: conversations per 30 days from which volume is high
    {medium_volume_messages} AS medium_volume_messages,  -- bigint: messages per 30 days from which volume is medium
    {medium_volume_conversations} AS medium_volume_conversations,  -- bigint: conversations per 30 days from which volume is medium
    {heavy_lines} AS heavy_lines,  -- bigint: AI code lines per active day above which a user is heavy
    {medium_lines} AS medium_lines,  -- bigint: AI code lines per active day above which a user is medium
    {heavy_chat_messages} AS heavy_chat_messages,  -- bigint: chat messages per active day above which a user is a heavy chat user
    {regular_chat_messages} AS regular_chat_messages,  -- bigint: chat messages per active day above which a user is regular
    {heavy_inline_suggestions} AS heavy_inline_suggestions,  -- bigint: inline suggestions per active day above which a user is a heavy code assistant user
    {seat_idle_days} AS seat_idle_days,  -- bigint: days without activity after which a seat is idle
    {seat_default_plan} AS seat_default_plan,  -- varchar: tier code of the plan of people who are not in the data; '' if unknown
    {spike_factor} AS spike_factor,  -- double: a person's day is a spike from this multiple of the usual day
    {spike_floor_credits} AS spike_floor_credits,  -- double: fewer credits than this are never a spike
    {spike_min_days} AS spike_min_days,  -- bigint: days with credits in the 28 days before from which a day can be a spike
    {monthly_budget_usd} AS monthly_budget_usd  -- double: budget of the fleet in USD a month; 0 if none
FROM (VALUES (1)) AS one (row_number_of_one)
