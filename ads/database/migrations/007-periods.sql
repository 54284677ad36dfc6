CREATE INDEX transfer_by_period ON transfer (period, kind);
CREATE INDEX credit_by_position ON credit (position);
