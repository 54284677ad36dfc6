-- What a batch of a few clicks costs is what it costs to ask at all: fewer and smaller questions.

-- Whether every click that counts was clicked at the time in its id, and within a month after the time in the id of its
-- impression. It is set to false, for good, with the first for which that is not so (`writeDecided`): until then clicks
-- are looked for in the months alone where they can be.
ALTER TABLE books ADD COLUMN ids_tell_time boolean NOT NULL DEFAULT true;
UPDATE books SET ids_tell_time = NOT EXISTS (
  SELECT FROM click WHERE verdict <> 'invalid' AND (
    date_trunc('milliseconds', clicked_at) <> date_trunc('milliseconds', time_of(click_id))
    OR time_of(impression_id) NOT BETWEEN clicked_at - interval '30 days' AND clicked_at + interval '1 day'));

DROP FUNCTION open_batch;

-- Takes the locks of a batch and answers what it finds: budgets are locked in the order of their ids, so whoever
-- holds them sees every earlier click of these campaigns, and nobody waits in a circle. Each question sees what was
-- committed before the locks were had. With a position and rules given, the past is done again. The ids of `clicks` and
-- `impressions` come in their order; clicks on these impressions have ids from `same_from` to `same_to`, where ids tell time.
CREATE FUNCTION open_batch(
  given_position bigint, given_version integer, campaigns integer[], days date[], clicks uuid[], impressions uuid[],
  same_from uuid, same_to uuid, hashes text[], first_ms bigint, last_ms bigint,
  OUT at_position bigint, OUT now_ms bigint, OUT closed text, OUT rules_version integer, OUT rules jsonb,
  OUT budgets json, OUT spent json, OUT recorded json, OUT counted json, OUT viewed json, OUT ids_tell_time boolean
) LANGUAGE plpgsql
-- Plans are made once a connection, when tables may still be small.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  first_id uuid := clicks[1];
  last_id uuid := clicks[cardinality(clicks)];
  longest_ms numeric;
  earliest timestamptz;
  latest timestamptz;
  near_from uuid := '00000000-0000-0000-0000-000000000000';
  near_to uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7241002);
  PERFORM 1 FROM budget WHERE campaign_id = ANY (campaigns) ORDER BY campaign_id FOR UPDATE;
  SELECT coalesce(given_position, nextval('ledger_position')), floor(extract(epoch FROM now()) * 1000),
    closed_through::text, version, definition, books.ids_tell_time,
    (SELECT json_agg(standing) FROM campaign_standing AS standing WHERE "campaignId" = ANY (campaigns)),
    (SELECT json_agg(json_build_object('campaignId', campaign_id, 'day', day, 'spentMicros', spent_micros)) FROM budget_day
     WHERE campaign_id = ANY (campaigns) AND day = ANY (days || (now() AT TIME ZONE 'UTC')::date)),
    (SELECT json_agg(click_id) FROM click WHERE click_id = ANY (clicks) AND click_id BETWEEN first_id AND last_id)
  INTO at_position, now_ms, closed, rules_version, rules, ids_tell_time, budgets, spent, recorded
  FROM books CROSS JOIN LATERAL (
    SELECT version, definition FROM rule_set
    WHERE CASE WHEN given_version IS NULL THEN active_from <= now() ELSE version = given_version END
    ORDER BY active_from DESC, version DESC LIMIT 1) AS in_force;
  IF cardinality(impressions) = 0 THEN RETURN; END IF;
  -- The longest time within which a rule looks for other clicks; who applies the rules refuses what is no number.
  IF rules -> 'viewerRates' = '[]' AND jsonb_typeof(rules -> 'doubleClickWindowMs') = 'number' THEN
    longest_ms := rules -> 'doubleClickWindowMs';
  ELSE
    SELECT max(ms::text::numeric) INTO longest_ms
    FROM (SELECT jsonb_path_query(rules, '$.doubleClickWindowMs')
          UNION ALL SELECT jsonb_path_query(rules, '$.viewerRates[*].windowMs')) AS windows (ms)
    WHERE jsonb_typeof(ms) = 'number';
  END IF;
  earliest := to_timestamp((first_ms - longest_ms) / 1000::float8);
  latest := to_timestamp((last_ms + longest_ms) / 1000::float8);
  IF ids_tell_time THEN
    near_from := id_at(greatest(earliest, to_timestamp(0)));
    near_to := id_at(latest + interval '1 millisecond');
  ELSE
    same_from := near_from;
    same_to := near_to;
  END IF;
  -- `ALL` leaves months out, but lets nobody look for the time in the ids alone.
  -- By the viewer, and only then by the time: a plan that was made while few clicks were there could look for the time alone.
  WITH of_viewers AS MATERIALIZED (
    SELECT * FROM click WHERE verdict <> 'invalid' AND address_hash = ANY (hashes)
      AND click_id >= ALL (ARRAY[near_from]) AND click_id <= ALL (ARRAY[near_to])
  )
  SELECT json_agg(same) INTO counted
  FROM (
    SELECT click_id AS "clickId", impression_id AS "impressionId", ad_id AS "adId", campaign_id AS "campaignId",
      address_hash AS "addressHash", agent, round(extract(epoch FROM clicked_at) * 1000) AS "clickedAtMs"
    FROM click WHERE verdict <> 'invalid' AND impression_id = ANY (impressions)
      AND click_id >= ALL (ARRAY[same_from]) AND click_id <= ALL (ARRAY[same_to])
    UNION
    SELECT click_id, impression_id, ad_id, campaign_id, address_hash, agent,
      round(extract(epoch FROM clicked_at) * 1000)
    FROM of_viewers WHERE clicked_at BETWEEN earliest AND latest
  ) AS same;
  IF rules -> 'viewWaitMs' <> 'null' THEN
    SELECT json_agg(impression_id) INTO viewed FROM impression
    WHERE impression_id = ANY (impressions) AND impression_id BETWEEN impressions[1] AND impressions[cardinality(impressions)];
  END IF;
END $$;

-- Clicks are counted by upserts, which nearly always update. A trigger for each inserted row then costs nothing; one that
-- reads all inserted rows costs as much when there are none.
CREATE OR REPLACE FUNCTION tell_of_campaigns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A longer text is refused, and would undo the change that it tells of.
  PERFORM pg_notify('ledger_changed', CASE WHEN length(told) > 7000 THEN 'all' ELSE told END)
  FROM (SELECT string_agg(DISTINCT coalesce((SELECT advertiser_id::text FROM campaign
                                             WHERE campaign.campaign_id = changed.campaign_id), ''), ' ') AS told
        FROM changed) AS part
  WHERE told IS NOT NULL;
  RETURN NULL;
END $$;

CREATE FUNCTION tell_of_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_of((SELECT advertiser_id::text FROM campaign WHERE campaign_id = NEW.campaign_id));
  RETURN NULL;
END $$;

DROP TRIGGER tell_inserted ON stat_hour;
CREATE TRIGGER tell_inserted AFTER INSERT ON stat_hour FOR EACH ROW EXECUTE FUNCTION tell_of_campaign();

DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'ads_app') THEN GRANT UPDATE (ids_tell_time) ON books TO ads_app; END IF;
END $$;
