-- Every movement of money is one row between two accounts, so the sum of all accounts is always 0. An account's
-- name says what it is:
--   bank                          what came in from outside
--   wallet:<advertiser>           prepaid, not yet given to a campaign
--   hold:<campaign>               given to a campaign, not yet spent
--   earned:<campaign>:<publisher> charged for clicks at that publisher
--   payable:<publisher>           the publisher's share of it
--   revenue                       our share of it
-- The accounts that clicks move are one a campaign, so whoever holds the campaign's budget row holds them too.
CREATE TABLE account (
  account_id text PRIMARY KEY CHECK (account_id ~ '^(bank|revenue|(wallet|hold|payable):[0-9]+|earned:[0-9]+:[0-9]+)$'),
  kind text NOT NULL GENERATED ALWAYS AS (split_part(account_id, ':', 1)) STORED,
  debits_micros bigint NOT NULL DEFAULT 0 CHECK (debits_micros >= 0),
  credits_micros bigint NOT NULL DEFAULT 0 CHECK (credits_micros >= 0),
  CONSTRAINT never_overdrawn CHECK (account_id = 'bank' OR debits_micros <= credits_micros)
);

-- Gives every change of the ledger its place. It is taken when the locks are held, so of two changes of one
-- campaign the later one has the greater number.
CREATE SEQUENCE ledger_position AS bigint;

CREATE TABLE transfer (
  transfer_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  idempotency_key text NOT NULL UNIQUE,
  kind text NOT NULL CHECK (kind IN ('deposit', 'fund', 'withdraw', 'charge', 'credit', 'settle')),
  debit_account text NOT NULL,
  credit_account text NOT NULL,
  amount_micros bigint NOT NULL CHECK (amount_micros > 0),
  reverses bigint UNIQUE REFERENCES transfer,
  reason text,
  -- The day whose books it is in: the click's own, or the first open one.
  period date NOT NULL,
  position bigint NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT two_accounts CHECK (debit_account <> credit_account),
  CONSTRAINT credits_name_their_charge CHECK ((kind = 'credit') = (reverses IS NOT NULL AND reason IS NOT NULL))
);
CREATE INDEX transfer_by_position ON transfer (position);

-- What changed the ledger, in order: batches of clicks, and everything else that decides over later clicks.
CREATE TABLE ledger_event (
  position bigint PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('batch', 'money', 'campaign', 'rules', 'close', 'credit')),
  campaign_id integer,
  body jsonb NOT NULL DEFAULT '{}',
  recorded_at timestamptz NOT NULL DEFAULT now()
);

-- Days up to this one are closed: what comes later is booked as an adjustment in the first open day.
CREATE TABLE books (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  closed_through date
);
INSERT INTO books DEFAULT VALUES;

ALTER TABLE advertiser
  ADD COLUMN currency text NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
  ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();

ALTER TABLE publisher
  ADD COLUMN state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'ended')),
  -- Of what is charged, in parts of a million.
  ADD COLUMN share_ppm integer NOT NULL DEFAULT 700000 CHECK (share_ppm BETWEEN 0 AND 1000000);

CREATE TABLE placement (
  placement_id integer PRIMARY KEY,
  publisher_id integer NOT NULL REFERENCES publisher,
  name text NOT NULL
);

ALTER TABLE campaign
  ADD COLUMN ends_at timestamptz,
  ADD COLUMN day_limit_micros bigint CHECK (day_limit_micros >= 0),
  ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();

ALTER TABLE budget
  ADD COLUMN version bigint NOT NULL DEFAULT 0,
  -- Whether the ad servers have last been told to stop, and when figures were last told.
  ADD COLUMN stopped boolean NOT NULL DEFAULT false,
  ADD COLUMN told_at timestamptz;

-- What a campaign spent on one day of clicks, against its limit of that day, if it had one.
CREATE TABLE budget_day (
  campaign_id integer NOT NULL REFERENCES campaign,
  day date NOT NULL,
  limit_micros bigint,
  spent_micros bigint NOT NULL CHECK (spent_micros >= 0),
  PRIMARY KEY (campaign_id, day),
  CONSTRAINT day_never_exceeded CHECK (spent_micros <= limit_micros)
);

-- The limits that were there are taken as paid in.
INSERT INTO transfer (idempotency_key, kind, debit_account, credit_account, amount_micros, period, position)
SELECT 'deposit:first:' || campaign_id, 'deposit', 'bank', 'wallet:' || advertiser_id, limit_micros,
  (now() AT TIME ZONE 'UTC')::date, 0
FROM campaign JOIN budget USING (campaign_id) WHERE limit_micros > 0;
INSERT INTO transfer (idempotency_key, kind, debit_account, credit_account, amount_micros, period, position)
SELECT 'fund:first:' || campaign_id, 'fund', 'wallet:' || advertiser_id, 'hold:' || campaign_id, limit_micros,
  (now() AT TIME ZONE 'UTC')::date, 0
FROM campaign JOIN budget USING (campaign_id) WHERE limit_micros > 0;
