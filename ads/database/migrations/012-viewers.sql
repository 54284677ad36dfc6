-- As before, but earlier clicks of a viewer are found by the viewer, and only then by the time: with both at once a plan
-- that was made while few clicks were there could look for the time alone, and read all clicks of the last minutes.
CREATE OR REPLACE FUNCTION open_batch(
  given_position bigint, given_version integer, campaigns integer[], days date[], clicks uuid[], impressions uuid[],
  hashes text[], first_ms bigint, last_ms bigint,
  OUT at_position bigint, OUT now_ms bigint, OUT closed text, OUT rules_version integer, OUT rules jsonb,
  OUT budgets json, OUT spent json, OUT recorded json, OUT counted json, OUT viewed json
) LANGUAGE plpgsql
-- Plans are made once a connection, when tables may still be small.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  longest_ms bigint;
  earliest timestamptz;
  latest timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7241002);
  PERFORM 1 FROM budget WHERE campaign_id = ANY (campaigns) ORDER BY campaign_id FOR UPDATE;
  SELECT coalesce(given_position, nextval('ledger_position')), floor(extract(epoch FROM now()) * 1000),
    closed_through::text, version, definition
  INTO at_position, now_ms, closed, rules_version, rules
  FROM books CROSS JOIN LATERAL (
    SELECT version, definition FROM rule_set
    WHERE CASE WHEN given_version IS NULL THEN active_from <= now() ELSE version = given_version END
    ORDER BY active_from DESC, version DESC LIMIT 1) AS in_force;
  SELECT json_strip_nulls(json_agg(standing)) INTO budgets
  FROM campaign_standing AS standing WHERE "campaignId" = ANY (campaigns);
  SELECT json_agg(json_build_object('campaignId', campaign_id, 'day', day, 'spentMicros', spent_micros)) INTO spent
  FROM budget_day WHERE campaign_id = ANY (campaigns) AND day = ANY (days || (now() AT TIME ZONE 'UTC')::date);
  IF cardinality(clicks) = 0 THEN RETURN; END IF;
  SELECT json_agg(click_id) INTO recorded FROM click WHERE click_id = ANY (clicks);
  IF cardinality(impressions) = 0 THEN RETURN; END IF;
  -- The longest time within which a rule looks for other clicks; who applies the rules refuses what is no number.
  SELECT max(ms::text::numeric) INTO longest_ms
  FROM (SELECT jsonb_path_query(rules, '$.doubleClickWindowMs')
        UNION ALL SELECT jsonb_path_query(rules, '$.viewerRates[*].windowMs')) AS windows (ms)
  WHERE jsonb_typeof(ms) = 'number';
  earliest := to_timestamp((first_ms - longest_ms) / 1000::float8);
  latest := to_timestamp((last_ms + longest_ms) / 1000::float8);
  WITH of_viewers AS MATERIALIZED (
    SELECT * FROM click WHERE verdict <> 'invalid' AND address_hash = ANY (hashes)
  )
  SELECT json_agg(same) INTO counted
  FROM (
    SELECT click_id AS "clickId", impression_id AS "impressionId", ad_id AS "adId", campaign_id AS "campaignId",
      address_hash AS "addressHash", agent, round(extract(epoch FROM clicked_at) * 1000) AS "clickedAtMs"
    FROM click WHERE verdict <> 'invalid' AND impression_id = ANY (impressions)
    UNION
    SELECT click_id, impression_id, ad_id, campaign_id, address_hash, agent,
      round(extract(epoch FROM clicked_at) * 1000)
    FROM of_viewers WHERE clicked_at BETWEEN earliest AND latest
  ) AS same;
  IF rules -> 'viewWaitMs' <> 'null' THEN
    SELECT json_agg(impression_id) INTO viewed FROM impression WHERE impression_id = ANY (impressions);
  END IF;
END $$;
