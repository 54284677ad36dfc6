-- A version of the rules never changes; without a time it is a draft that decides nothing.
CREATE TABLE rule_set (
  version integer PRIMARY KEY CHECK (version > 0),
  definition jsonb NOT NULL,
  note text NOT NULL,
  active_from timestamptz
);
INSERT INTO rule_set VALUES
  (1, '{"refuse": ["prefetch", "head", "no-agent", "bot", "data-centre"], "doubleClickWindowMs": 30000, "viewerRates": [], "viewWaitMs": null}',
   'The first rules', '-infinity'),
  (2, '{"refuse": ["prefetch", "head", "no-agent", "unknown-agent", "bot", "data-centre", "insider", "family-mismatch"], "doubleClickWindowMs": 30000, "viewerRates": [], "viewWaitMs": null}',
   'Agents that nobody knows or that changed since the ad was shown, and clicks of our own people, are not billed', now());

-- Messages that follow from what was committed; sent after the commit, then removed.
CREATE TABLE outbox (
  outbox_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  queue text NOT NULL,
  body jsonb NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now()
);

-- The queues that hear when a campaign stops or goes on.
CREATE TABLE campaign_subscriber (queue text PRIMARY KEY);
INSERT INTO campaign_subscriber VALUES ('campaign-changes');

CREATE TABLE alert (
  alert_id uuid PRIMARY KEY,
  advertiser_id integer NOT NULL,
  campaign_id integer NOT NULL,
  kind text NOT NULL,
  says text NOT NULL,
  raised_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX alert_by_advertiser ON alert (advertiser_id, raised_at);

-- Of one advertiser and one day; a day that is not closed has provisional ones.
CREATE TABLE statement (
  advertiser_id integer NOT NULL,
  day date NOT NULL,
  final boolean NOT NULL,
  body text NOT NULL,
  charged_micros bigint NOT NULL,
  credited_micros bigint NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (advertiser_id, day, final)
);

-- What a comparison of the books found.
CREATE TABLE recon_run (
  recon_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  made_at timestamptz NOT NULL DEFAULT now(),
  counts jsonb NOT NULL,
  differences jsonb NOT NULL,
  balanced boolean NOT NULL
);

-- Who may sign in to the pages. Operators belong to no advertiser.
CREATE TABLE app_user (
  user_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL UNIQUE CHECK (email = lower(email)),
  password_hash text NOT NULL,
  role text NOT NULL CHECK (role IN ('advertiser', 'operator')),
  advertiser_id integer REFERENCES advertiser,
  disabled boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT advertisers_are_of_one CHECK ((role = 'advertiser') = (advertiser_id IS NOT NULL))
);

-- The browser holds the token; only its hash is kept.
CREATE TABLE session (
  token_hash bytea PRIMARY KEY,
  user_id integer NOT NULL REFERENCES app_user ON DELETE CASCADE,
  csrf_token text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX session_by_expiry ON session (expires_at);
