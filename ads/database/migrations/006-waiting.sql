-- A message may be meant for later; and nothing is told twice because two senders met.
ALTER TABLE outbox ADD COLUMN delay_seconds integer NOT NULL DEFAULT 0 CHECK (delay_seconds BETWEEN 0 AND 900);

-- Clicks that wait for their view.
CREATE INDEX click_pending ON click (impression_id) WHERE verdict = 'pending';

CREATE INDEX stat_hour_by_campaign ON stat_hour (campaign_id, hour);
