-- The record, the seals and the shipped law: written once.

CREATE FUNCTION campaign_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON campaign_auditrow
    FOR EACH ROW EXECUTE FUNCTION campaign_refuse('the record is only ever added to');
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON campaign_auditrow
    FOR EACH STATEMENT EXECUTE FUNCTION campaign_refuse('the record is only ever added to');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON campaign_seal
    FOR EACH ROW EXECUTE FUNCTION campaign_refuse('the record is only ever added to');
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON campaign_seal
    FOR EACH STATEMENT EXECUTE FUNCTION campaign_refuse('the record is only ever added to');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON campaign_dayseal
    FOR EACH ROW EXECUTE FUNCTION campaign_refuse('the record is only ever added to');
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON campaign_dayseal
    FOR EACH STATEMENT EXECUTE FUNCTION campaign_refuse('the record is only ever added to');
CREATE TRIGGER read_only BEFORE UPDATE OR DELETE ON campaign_rule
    FOR EACH ROW EXECUTE FUNCTION campaign_refuse('the law is shipped with Posko; a campaign overrides it in rows of its own');
CREATE TRIGGER read_only_truncate BEFORE TRUNCATE ON campaign_rule
    FOR EACH STATEMENT EXECUTE FUNCTION campaign_refuse('the law is shipped with Posko; a campaign overrides it in rows of its own');

-- Live or practice, for life.
CREATE FUNCTION campaign_mode_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'campaign %: live or practice is for life', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER campaign_mode_guard BEFORE UPDATE OF mode ON campaign_campaign
    FOR EACH ROW WHEN (OLD.mode <> NEW.mode) EXECUTE FUNCTION campaign_mode_guard();
