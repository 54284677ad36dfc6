-- What publishers and we have earned is divided when a day is closed.
CREATE TRIGGER tell_closing AFTER UPDATE ON books FOR EACH STATEMENT EXECUTE FUNCTION tell_operators();
