-- Operators see it when an ad or a place is added.
CREATE TRIGGER tell_ad AFTER INSERT OR UPDATE ON ad FOR EACH STATEMENT EXECUTE FUNCTION tell_operators();
CREATE TRIGGER tell_placement AFTER INSERT OR UPDATE ON placement FOR EACH STATEMENT EXECUTE FUNCTION tell_operators();
