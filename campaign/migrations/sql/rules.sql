-- A change of a rule begins as a question. What was asked, and each step once taken, never changes; the clock is ours.
CREATE FUNCTION campaign_override_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.agreed_at IS NOT NULL OR NEW.began_at IS NOT NULL OR NEW.ended_at IS NOT NULL THEN
            RAISE EXCEPTION 'a change of a rule begins as a question' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.campaign_id, NEW.key, NEW.value, NEW.reason, NEW.loosens, NEW.asked_by_id, NEW.asked_as, NEW.asked_at)
        IS DISTINCT FROM
       (OLD.campaign_id, OLD.key, OLD.value, OLD.reason, OLD.loosens, OLD.asked_by_id, OLD.asked_as, OLD.asked_at)
       OR OLD.agreed_at IS NOT NULL AND (NEW.agreed_by_id, NEW.agreed_as, NEW.agreed_at, NEW.takes_effect_at)
        IS DISTINCT FROM (OLD.agreed_by_id, OLD.agreed_as, OLD.agreed_at, OLD.takes_effect_at)
       OR OLD.began_at IS NOT NULL AND NEW.began_at IS DISTINCT FROM OLD.began_at
       OR OLD.ended_at IS NOT NULL AND (NEW.began_at, NEW.ended_at, NEW.ended_by_id)
        IS DISTINCT FROM (OLD.began_at, OLD.ended_at, OLD.ended_by_id)
    THEN
        RAISE EXCEPTION 'the history of a rule does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.agreed_at IS NULL AND NEW.agreed_at < campaign_now() - interval '1 minute'
       OR OLD.began_at IS NULL AND NEW.began_at > campaign_now()
    THEN
        RAISE EXCEPTION 'the clock of a rule is the database''s' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER campaign_override_guard BEFORE INSERT OR UPDATE ON campaign_ruleoverride
    FOR EACH ROW EXECUTE FUNCTION campaign_override_guard();
