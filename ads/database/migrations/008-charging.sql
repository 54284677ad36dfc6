-- What a batch of clicks must know is asked for at once; and no click pays for an index that few questions use.

-- Changes of the ledger come in order, so blocks of rows say enough about where they lie.
DROP INDEX click_by_batch, transfer_by_position, transfer_by_period, charge_by_campaign;
CREATE INDEX click_by_change ON click USING brin (batch, decided_in) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX transfer_by_change ON transfer USING brin (position, period)
  WITH (pages_per_range = 32, autosummarize = on);

-- Few transfers reverse another.
ALTER TABLE transfer DROP CONSTRAINT transfer_reverses_key;
CREATE UNIQUE INDEX reversed_once ON transfer (reverses) WHERE reverses IS NOT NULL;

-- Settings and money of a campaign, in the words of the click processor.
CREATE VIEW campaign_standing AS
SELECT campaign_id AS "campaignId", advertiser_id AS "advertiserId", state = 'active' AS active,
  (extract(epoch FROM ends_at) * 1000)::bigint AS "endsAtMs", limit_micros AS "limitMicros",
  spent_micros AS "spentMicros", day_limit_micros AS "dayLimitMicros", price_micros AS "priceMicros", stopped,
  coalesce((extract(epoch FROM told_at) * 1000)::bigint, 0) AS "toldAtMs"
FROM budget JOIN campaign USING (campaign_id);

-- Takes the locks of a batch and answers what it finds: budgets are locked in the order of their ids, so whoever
-- holds them sees every earlier click of these campaigns, and nobody waits in a circle. Each question sees what was
-- committed before the locks were had. With a position and rules given, the past is done again.
CREATE FUNCTION open_batch(
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
  -- By the viewer, and only then by the time: a plan that was made while few clicks were there could look for the time alone.
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

DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'ads_app') THEN GRANT SELECT ON campaign_standing TO ads_app; END IF;
END $$;
