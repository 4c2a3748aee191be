-- Approval rules become looser only by the candidate's own yes. One who is suspended is still the one to be asked: else
-- whoever suspends the candidate could open what the candidate kept closed.

CREATE FUNCTION campaign_has_candidate(campaign bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM campaign_member m WHERE m.campaign_id = campaign AND m.role = 'candidate')
$$;

CREATE FUNCTION campaign_policy_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was campaign_approvalpolicy;
    loosens boolean;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        was := OLD;
    ELSE  -- no row is: the candidate says yes to everything, nobody deputises
        was.manager_kinds := '[]';
        was.readers := '[]';
        was.four_eyes := false;
        was.deadline_before := NEW.deadline_before;
        was.deadline_after := NEW.deadline_after;
    END IF;
    loosens := NOT NEW.manager_kinds <@ was.manager_kinds
        OR was.four_eyes AND NOT (NEW.four_eyes AND NEW.readers <@ was.readers)
        OR NEW.deputy_id IS NOT NULL AND (
            NEW.deputy_id IS DISTINCT FROM was.deputy_id
            OR NEW.deadline_before > was.deadline_before
            OR NEW.deadline_after < was.deadline_after);
    IF loosens AND campaign_has_candidate(NEW.campaign_id) AND NOT EXISTS (
        SELECT FROM campaign_policychange c
        WHERE c.id = NEW.change_id AND c.campaign_id = NEW.campaign_id
            AND c.agreed_as = 'candidate' AND c.began_at IS NULL AND c.ended_at IS NULL
            AND (c.manager_kinds, c.four_eyes, c.readers, c.deadline_before, c.deadline_after)
                = (NEW.manager_kinds, NEW.four_eyes, NEW.readers, NEW.deadline_before, NEW.deadline_after)
            AND c.deputy_id IS NOT DISTINCT FROM NEW.deputy_id)
    THEN
        RAISE EXCEPTION 'approval rules of campaign % become looser only by the candidate', NEW.campaign_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER campaign_policy_guard BEFORE INSERT OR UPDATE ON campaign_approvalpolicy
    FOR EACH ROW EXECUTE FUNCTION campaign_policy_guard();

-- What was asked, and each step once taken, never changes; only the candidate can have agreed as the candidate.
CREATE FUNCTION campaign_policy_change_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (
        (NEW.campaign_id, NEW.manager_kinds, NEW.four_eyes, NEW.readers, NEW.deadline_before, NEW.deadline_after,
         NEW.remind_after, NEW.asked_by_id, NEW.asked_at)
        IS DISTINCT FROM
        (OLD.campaign_id, OLD.manager_kinds, OLD.four_eyes, OLD.readers, OLD.deadline_before, OLD.deadline_after,
         OLD.remind_after, OLD.asked_by_id, OLD.asked_at)
        OR NEW.deputy_id IS DISTINCT FROM OLD.deputy_id AND NEW.deputy_id IS NOT NULL
        OR OLD.agreed_at IS NOT NULL AND (NEW.agreed_by_id, NEW.agreed_as, NEW.agreed_at)
            IS DISTINCT FROM (OLD.agreed_by_id, OLD.agreed_as, OLD.agreed_at)
        OR OLD.began_at IS NOT NULL AND NEW.began_at IS DISTINCT FROM OLD.began_at
        OR OLD.ended_at IS NOT NULL AND (NEW.began_at, NEW.ended_at, NEW.ended_by_id)
            IS DISTINCT FROM (OLD.began_at, OLD.ended_at, OLD.ended_by_id))
    THEN
        RAISE EXCEPTION 'the history of approval rules does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.agreed_as IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.agreed_as IS NULL) AND NOT EXISTS (
        SELECT FROM campaign_member m
        WHERE m.id = NEW.agreed_by_id AND m.campaign_id = NEW.campaign_id AND m.role = NEW.agreed_as
            AND m.suspended_at IS NULL)
    THEN
        RAISE EXCEPTION 'nobody of that role has agreed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER campaign_policy_change_guard BEFORE INSERT OR UPDATE ON campaign_policychange
    FOR EACH ROW EXECUTE FUNCTION campaign_policy_change_guard();
