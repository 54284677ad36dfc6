-- Whoever shows figures hears of every change of them by the channel `ledger_changed`, when it has been committed:
-- which advertisers' figures changed, by their numbers; nothing when only operators see it; `all` for very many.

CREATE FUNCTION tell_of(advertisers text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- A longer text is refused, and would undo the change that it tells of.
  PERFORM pg_notify('ledger_changed', CASE WHEN length(advertisers) > 7000 THEN 'all' ELSE coalesce(advertisers, '') END);
END $$;

CREATE FUNCTION tell_of_campaigns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_of(string_agg(DISTINCT advertiser_id::text, ' '))
  FROM (SELECT DISTINCT campaign_id FROM changed) AS part LEFT JOIN campaign USING (campaign_id) HAVING count(*) > 0;
  RETURN NULL;
END $$;

CREATE FUNCTION tell_of_advertiser() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_of(NEW.advertiser_id::text);
  RETURN NULL;
END $$;

CREATE FUNCTION tell_of_budget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_of(advertiser_id::text) FROM campaign WHERE campaign_id = NEW.campaign_id;
  RETURN NULL;
END $$;

CREATE FUNCTION tell_operators() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_of('');
  RETURN NULL;
END $$;

-- Every click is counted here, in the transaction that records or decides it.
CREATE TRIGGER tell_inserted AFTER INSERT ON stat_hour REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION tell_of_campaigns();
CREATE TRIGGER tell_updated AFTER UPDATE ON stat_hour REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION tell_of_campaigns();
-- What clicks spend is told by the above.
CREATE TRIGGER tell_money AFTER UPDATE ON budget FOR EACH ROW
  WHEN (NEW.limit_micros <> OLD.limit_micros OR NEW.spent_micros < OLD.spent_micros)
  EXECUTE FUNCTION tell_of_budget();
CREATE TRIGGER tell_campaign AFTER INSERT OR UPDATE ON campaign FOR EACH ROW EXECUTE FUNCTION tell_of_advertiser();
CREATE TRIGGER tell_advertiser AFTER INSERT OR UPDATE ON advertiser FOR EACH ROW EXECUTE FUNCTION tell_of_advertiser();
CREATE TRIGGER tell_publisher AFTER INSERT OR UPDATE ON publisher FOR EACH STATEMENT EXECUTE FUNCTION tell_operators();
CREATE TRIGGER tell_rules AFTER INSERT OR UPDATE ON rule_set FOR EACH STATEMENT EXECUTE FUNCTION tell_operators();
CREATE TRIGGER tell_comparison AFTER INSERT ON recon_run FOR EACH STATEMENT EXECUTE FUNCTION tell_operators();
