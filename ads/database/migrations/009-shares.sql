-- What clicks earn is divided between their publisher and us when their day is closed.

ALTER TABLE books ADD COLUMN divided_through date;

-- The publisher's part is rounded down to whole micro-units, for one campaign, publisher and day; the rest is ours.
CREATE FUNCTION share_of(micros bigint, ppm integer) RETURNS bigint LANGUAGE sql IMMUTABLE
  RETURN div(micros::numeric * ppm, 1000000)::bigint;

-- Derivable from transfers and the shares that the closing of the day has noted.
CREATE TABLE share (
  publisher_id integer NOT NULL,
  day date NOT NULL,
  campaign_id integer NOT NULL,
  -- Of the publisher, in parts of a million, as it was when the day was divided.
  share_ppm integer NOT NULL CHECK (share_ppm BETWEEN 0 AND 1000000),
  -- Charged that day, without what was given back since.
  earned_micros bigint NOT NULL CHECK (earned_micros >= 0),
  publisher_micros bigint NOT NULL,
  PRIMARY KEY (publisher_id, day, campaign_id),
  CONSTRAINT rounded_down CHECK (publisher_micros = share_of(earned_micros, share_ppm))
);

DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'ads_app') THEN RETURN; END IF;
  GRANT SELECT, INSERT, UPDATE (earned_micros, publisher_micros) ON share TO ads_app;
  GRANT UPDATE (divided_through) ON books TO ads_app;
END $$;
