-- A campaign keeps a manager whose access nothing ends by itself. Asked at commit, so that two who leave at once and a
-- campaign that is removed as a whole are judged by what is left.
CREATE FUNCTION campaign_keeps_a_manager() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM campaign_campaign WHERE id = OLD.campaign_id) THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM campaign_member
    WHERE campaign_id = OLD.campaign_id AND role = 'manager' AND suspended_at IS NULL AND access_ends_at IS NULL
    LIMIT 1 FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a campaign keeps a manager' USING ERRCODE = 'check_violation', CONSTRAINT = 'member_keeps_a_manager';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER member_keeps_a_manager AFTER UPDATE ON campaign_member DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (
    OLD.role = 'manager' AND OLD.suspended_at IS NULL AND OLD.access_ends_at IS NULL
    AND (NEW.role <> 'manager' OR NEW.suspended_at IS NOT NULL OR NEW.access_ends_at IS NOT NULL
         OR NEW.campaign_id <> OLD.campaign_id)
) EXECUTE FUNCTION campaign_keeps_a_manager();

CREATE CONSTRAINT TRIGGER member_gone_keeps_a_manager AFTER DELETE ON campaign_member DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (OLD.role = 'manager' AND OLD.suspended_at IS NULL AND OLD.access_ends_at IS NULL)
EXECUTE FUNCTION campaign_keeps_a_manager();
