-- Clicks and views are kept by months, by the time in their ids (UUID version 7).

CREATE FUNCTION id_at(moment timestamptz) RETURNS uuid LANGUAGE sql STABLE
  RETURN (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

CREATE FUNCTION time_of(id uuid) RETURNS timestamptz LANGUAGE sql STABLE
  RETURN to_timestamp(('x' || lpad(left(replace(id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint / 1000.0);

-- Makes the partitions of all months between the two days that are not there yet. Rows whose month had none when
-- they came are in the default partition and stay there.
CREATE FUNCTION make_partitions(first_day date, last_day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  month timestamptz := date_trunc('month', first_day::timestamp) AT TIME ZONE 'UTC';
  next_month timestamptz;
  family text;
BEGIN
  WHILE month <= last_day::timestamp AT TIME ZONE 'UTC' LOOP
    next_month := ((month AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
    FOREACH family IN ARRAY ARRAY['click', 'impression'] LOOP
      BEGIN
        EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
          family || to_char(month AT TIME ZONE 'UTC', '_YYYY_MM'), family, id_at(month), id_at(next_month));
      EXCEPTION WHEN check_violation THEN NULL;
      END;
    END LOOP;
    month := next_month;
  END LOOP;
END $$;

-- A showing that was seen.
CREATE TABLE impression (
  impression_id uuid PRIMARY KEY,
  ad_id integer NOT NULL,
  campaign_id integer NOT NULL,
  advertiser_id integer NOT NULL,
  publisher_id integer NOT NULL,
  placement_id integer,
  price_micros bigint NOT NULL,
  served_at timestamptz NOT NULL,
  viewed_at timestamptz NOT NULL,
  server_id text NOT NULL,
  seq bigint NOT NULL,
  batch bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
) PARTITION BY RANGE (impression_id);
CREATE TABLE impression_default PARTITION OF impression DEFAULT;
CREATE INDEX impression_by_batch ON impression (batch);

ALTER TABLE charge DROP CONSTRAINT charge_click_id_fkey;
ALTER TABLE charge DROP CONSTRAINT charge_campaign_id_fkey;
ALTER TABLE click RENAME TO click_before;
ALTER TABLE click_before RENAME CONSTRAINT click_pkey TO click_before_pkey;
DROP INDEX click_by_number, click_counted_by_impression, click_counted_by_viewer, click_by_advertiser, click_by_recording;

CREATE TABLE click (
  click_id uuid PRIMARY KEY,
  impression_id uuid,
  ad_id integer,
  campaign_id integer,
  advertiser_id integer,
  publisher_id integer,
  placement_id integer,
  price_micros bigint,
  served_at timestamptz,
  clicked_at timestamptz NOT NULL,
  token_state text NOT NULL CHECK (token_state IN ('ok', 'expired', 'forged', 'malformed')),
  token_kid text,
  method text NOT NULL,
  prefetch boolean NOT NULL,
  network text NOT NULL,
  address_hash text NOT NULL,
  address_class text NOT NULL,
  asn integer,
  country text,
  agent text NOT NULL,
  agent_family text,
  os_family text,
  agent_family_served text,
  os_family_served text,
  insider boolean NOT NULL DEFAULT false,
  referrer_host text NOT NULL,
  server_id text NOT NULL,
  seq bigint NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('billed', 'free', 'invalid', 'pending')),
  reason text,
  rules_version integer NOT NULL,
  -- In which change of the ledger it came, and in which it got its verdict.
  batch bigint NOT NULL,
  decided_in bigint,
  -- The hour that counts it: its own, or of the first open day when its own was closed.
  booked_hour timestamptz NOT NULL,
  adjustment boolean NOT NULL DEFAULT false,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT one_bucket CHECK ((verdict IN ('billed', 'pending')) = (reason IS NULL)),
  CONSTRAINT pending_is_undecided CHECK ((verdict = 'pending') = (decided_in IS NULL))
) PARTITION BY RANGE (click_id);
CREATE TABLE click_default PARTITION OF click DEFAULT;

SELECT make_partitions(time_of(click_id)::date, time_of(click_id)::date)
FROM (SELECT DISTINCT ON (date_trunc('month', time_of(click_id))) click_id FROM click_before) AS months
WHERE time_of(click_id) BETWEEN now() - interval '2 years' AND now() + interval '1 month';
SELECT make_partitions((now() - interval '1 month')::date, (now() + interval '3 months')::date);

INSERT INTO click (click_id, impression_id, ad_id, campaign_id, advertiser_id, publisher_id, price_micros,
  served_at, clicked_at, token_state, method, prefetch, network, address_hash, address_class, agent,
  referrer_host, server_id, seq, verdict, reason, rules_version, batch, decided_in, booked_hour, recorded_at)
SELECT click_id, impression_id, ad_id, campaign_id, advertiser_id, publisher_id, price_micros, served_at,
  clicked_at, CASE WHEN reason IN ('expired', 'forged', 'malformed') THEN reason ELSE 'ok' END, method,
  coalesce(reason = 'prefetch', false), network, address_hash, address_class, agent, referrer_host, server_id, seq,
  verdict, reason, rules_version, 0, 0, date_trunc('hour', clicked_at, 'UTC'), recorded_at
FROM click_before ORDER BY click_id;
DROP TABLE click_before;

CREATE INDEX click_by_number ON click (server_id, seq);
CREATE INDEX click_counted_by_impression ON click (impression_id) WHERE verdict <> 'invalid';
CREATE INDEX click_counted_by_viewer ON click (address_hash, clicked_at) WHERE verdict <> 'invalid';
CREATE INDEX click_by_advertiser ON click (advertiser_id, clicked_at);
CREATE INDEX click_by_recording ON click (recorded_at);
CREATE INDEX click_by_batch ON click (batch);

INSERT INTO transfer (idempotency_key, kind, debit_account, credit_account, amount_micros, period, position)
SELECT 'charge:' || charge.impression_id, 'charge', 'hold:' || charge.campaign_id,
  'earned:' || charge.campaign_id || ':' || coalesce(publisher_id, 0), amount_micros,
  (clicked_at AT TIME ZONE 'UTC')::date, 0
FROM charge JOIN click USING (click_id) WHERE amount_micros > 0;

ALTER TABLE charge
  ADD COLUMN transfer_id bigint,
  ADD COLUMN period date;
UPDATE charge SET transfer_id = transfer.transfer_id FROM transfer
WHERE idempotency_key = 'charge:' || charge.impression_id;
UPDATE charge SET period = (clicked_at AT TIME ZONE 'UTC')::date FROM click WHERE click.click_id = charge.click_id;
ALTER TABLE charge
  ALTER COLUMN period SET NOT NULL,
  ADD CONSTRAINT paid_by_a_transfer CHECK ((amount_micros > 0) = (transfer_id IS NOT NULL));

INSERT INTO budget_day (campaign_id, day, spent_micros)
SELECT charge.campaign_id, (clicked_at AT TIME ZONE 'UTC')::date, sum(amount_micros)
FROM charge JOIN click USING (click_id) GROUP BY 1, 2;

INSERT INTO account (account_id, debits_micros, credits_micros)
SELECT account_id, sum(debit), sum(credit)
FROM (SELECT debit_account AS account_id, amount_micros AS debit, 0 AS credit FROM transfer
      UNION ALL SELECT credit_account, 0, amount_micros FROM transfer) AS side
GROUP BY account_id;

INSERT INTO account (account_id) VALUES ('bank'), ('revenue') ON CONFLICT DO NOTHING;
INSERT INTO account (account_id) SELECT 'wallet:' || advertiser_id FROM advertiser ON CONFLICT DO NOTHING;
INSERT INTO account (account_id) SELECT 'hold:' || campaign_id FROM budget ON CONFLICT DO NOTHING;

-- The money given back for a click that a later version of the rules calls invalid.
CREATE TABLE credit (
  credit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  click_id uuid NOT NULL,
  from_version integer NOT NULL,
  reason text NOT NULL,
  amount_micros bigint NOT NULL CHECK (amount_micros > 0),
  transfer_id bigint NOT NULL UNIQUE REFERENCES transfer,
  position bigint NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (click_id, from_version)
);

ALTER TABLE stat_hour
  ADD COLUMN adjustment boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT stat_hour_pkey,
  ADD PRIMARY KEY (campaign_id, ad_id, publisher_id, hour, verdict, reason, adjustment);
