-- Money is integer micro-units of the advertiser's currency.

CREATE TABLE advertiser (
  advertiser_id integer PRIMARY KEY,
  name text NOT NULL
);

CREATE TABLE publisher (
  publisher_id integer PRIMARY KEY,
  name text NOT NULL
);

CREATE TABLE campaign (
  campaign_id integer PRIMARY KEY,
  advertiser_id integer NOT NULL REFERENCES advertiser,
  name text NOT NULL,
  state text NOT NULL CHECK (state IN ('active', 'paused', 'ended')),
  price_micros bigint NOT NULL CHECK (price_micros >= 0)
);

CREATE TABLE ad (
  ad_id integer PRIMARY KEY,
  campaign_id integer NOT NULL REFERENCES campaign,
  headline text NOT NULL,
  target_url text NOT NULL CHECK (target_url ~ '^https?://[^[:space:]]+$')
);

-- The only row that clicks of a campaign compete for; locked in order of campaign_id.
CREATE TABLE budget (
  campaign_id integer PRIMARY KEY REFERENCES campaign,
  limit_micros bigint NOT NULL CHECK (limit_micros >= 0),
  spent_micros bigint NOT NULL DEFAULT 0 CHECK (spent_micros >= 0),
  CONSTRAINT never_exceeded CHECK (spent_micros <= limit_micros)
);

-- Every click that came out of the queue, in exactly one bucket. What the token named is absent when the
-- token could not be trusted; ids are those of the token and need not exist here.
CREATE TABLE click (
  click_id uuid PRIMARY KEY,
  impression_id uuid,
  ad_id integer,
  campaign_id integer,
  advertiser_id integer,
  publisher_id integer,
  price_micros bigint,
  served_at timestamptz,
  clicked_at timestamptz NOT NULL,
  method text NOT NULL,
  network text NOT NULL,
  address_hash text NOT NULL,
  address_class text NOT NULL,
  agent text NOT NULL,
  referrer_host text NOT NULL,
  server_id text NOT NULL,
  seq bigint NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('billed', 'free', 'invalid')),
  reason text,
  rules_version integer NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT one_bucket CHECK ((verdict = 'billed') = (reason IS NULL))
);
CREATE INDEX click_by_number ON click (server_id, seq);
CREATE INDEX click_counted_by_impression ON click (impression_id) WHERE verdict <> 'invalid';
CREATE INDEX click_counted_by_viewer ON click (ad_id, address_hash, clicked_at) WHERE verdict <> 'invalid';
CREATE INDEX click_by_advertiser ON click (advertiser_id, clicked_at);
CREATE INDEX click_by_recording ON click (recorded_at);

-- Who paid for what: at most one charge an impression, whatever happens.
CREATE TABLE charge (
  impression_id uuid PRIMARY KEY,
  click_id uuid NOT NULL UNIQUE REFERENCES click,
  campaign_id integer NOT NULL REFERENCES budget,
  amount_micros bigint NOT NULL CHECK (amount_micros >= 0)
);
CREATE INDEX charge_by_campaign ON charge (campaign_id);

-- Derivable from click and charge; 0 stands for "the token named none", '' for "billed".
CREATE TABLE stat_hour (
  campaign_id integer NOT NULL,
  ad_id integer NOT NULL,
  publisher_id integer NOT NULL,
  hour timestamptz NOT NULL,
  verdict text NOT NULL,
  reason text NOT NULL,
  clicks bigint NOT NULL,
  amount_micros bigint NOT NULL,
  PRIMARY KEY (campaign_id, ad_id, publisher_id, hour, verdict, reason)
);

-- What each run of an ad server says it posted: numbers the channel confirmed, numbers whose outcome it never
-- learned (the click may be in the channel or not), and numbers that were surely never posted.
CREATE TABLE server_run (
  server_id text PRIMARY KEY,
  posted int8multirange NOT NULL,
  unknown int8multirange NOT NULL,
  refused int8multirange NOT NULL
);
