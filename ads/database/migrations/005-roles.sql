-- The ledger only grows. Triggers hold it against everybody, the missing grants against the role that functions,
-- consumer, ad servers and pages work as. Where the owner may not make that role, the triggers hold alone.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Rows of % are never changed or removed.', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

-- A pending click gets its verdict once; nothing else of a click ever changes.
CREATE FUNCTION decide_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.verdict = 'pending' AND NEW.verdict <> 'pending'
    AND to_jsonb(NEW) - ARRAY['verdict', 'reason', 'rules_version', 'decided_in', 'booked_hour', 'adjustment']
      = to_jsonb(OLD) - ARRAY['verdict', 'reason', 'rules_version', 'decided_in', 'booked_hour', 'adjustment']
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'The verdict on a click is never changed.' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON transfer FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON charge FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON credit FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON ledger_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON impression FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_grows BEFORE DELETE ON click FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decided_once BEFORE UPDATE ON click FOR EACH ROW EXECUTE FUNCTION decide_once();

DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'ads_app') THEN
    CREATE ROLE ads_app NOLOGIN;
    EXECUTE format('GRANT ads_app TO %I', current_user);
  END IF;
EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL;
END $$;

DO $$
DECLARE
  grants text[] := ARRAY[
    'USAGE ON SCHEMA ' || quote_ident(current_schema()),
    'SELECT ON ALL TABLES IN SCHEMA ' || quote_ident(current_schema()),
    'USAGE ON ALL SEQUENCES IN SCHEMA ' || quote_ident(current_schema()),
    'INSERT ON account, transfer, charge, credit, click, impression, ledger_event, alert, recon_run, rule_set',
    'UPDATE (debits_micros, credits_micros) ON account',
    'UPDATE (verdict, reason, rules_version, decided_in, booked_hour, adjustment) ON click',
    'UPDATE (active_from) ON rule_set',
    'UPDATE (closed_through) ON books',
    'INSERT, UPDATE ON advertiser, publisher, placement, campaign, ad, budget, budget_day, stat_hour, server_run, statement',
    'INSERT, UPDATE, DELETE ON outbox, campaign_subscriber, app_user, session'];
  one text;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'ads_app') THEN RETURN; END IF;
  FOREACH one IN ARRAY grants LOOP EXECUTE 'GRANT ' || one || ' TO ads_app'; END LOOP;
END $$;
