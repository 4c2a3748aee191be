-- Approval rules are changed, never deleted: without their row only the candidate is asked, and a second reader that
-- the campaign demanded is demanded no more. Asked at commit, so that a campaign may go as a whole.
CREATE FUNCTION campaign_policy_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM campaign_campaign WHERE id = OLD.campaign_id) THEN
        RAISE EXCEPTION 'approval rules of campaign % are changed, never deleted', OLD.campaign_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER campaign_policy_stays AFTER DELETE ON campaign_approvalpolicy
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION campaign_policy_stays();
-- Judged by the rules of the campaign it came from, a row that moves would loosen those of both.
CREATE CONSTRAINT TRIGGER campaign_policy_stays_where_it_is AFTER UPDATE ON campaign_approvalpolicy
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.campaign_id <> OLD.campaign_id)
    EXECUTE FUNCTION campaign_policy_stays();
CREATE TRIGGER campaign_policy_stays_truncate BEFORE TRUNCATE ON campaign_approvalpolicy
    FOR EACH STATEMENT EXECUTE FUNCTION campaign_refuse('approval rules are changed, never deleted');

-- The candidate stays the candidate, as in `membership.change_role`: a campaign that has none to ask loosens its rules
-- by a manager alone. Who is suspended is still there to be asked.
CREATE FUNCTION campaign_candidate_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM campaign_campaign WHERE id = OLD.campaign_id) THEN
        RAISE EXCEPTION 'member %: the candidate stays the candidate', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER campaign_candidate_stays AFTER UPDATE OF role, campaign_id, user_id ON campaign_member
    FOR EACH ROW WHEN (OLD.role = 'candidate'
        AND (NEW.role, NEW.campaign_id, NEW.user_id) IS DISTINCT FROM (OLD.role, OLD.campaign_id, OLD.user_id))
    EXECUTE FUNCTION campaign_candidate_stays();
CREATE CONSTRAINT TRIGGER campaign_candidate_is_kept AFTER DELETE ON campaign_member
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.role = 'candidate')
    EXECUTE FUNCTION campaign_candidate_stays();

-- Of a changed rule too, only a member who has that role and is not suspended can have asked or agreed in it. AFTER, so
-- that the table's own constraints speak first.
CREATE FUNCTION campaign_override_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NOT campaign_has(NEW.campaign_id, NEW.asked_by_id, NEW.asked_as)
        OR TG_OP = 'UPDATE' AND OLD.agreed_at IS NULL AND NEW.agreed_at IS NOT NULL
            AND NOT campaign_has(NEW.campaign_id, NEW.agreed_by_id, NEW.agreed_as)
    THEN
        RAISE EXCEPTION 'nobody of that role has asked or agreed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION campaign_has(campaign bigint, member bigint, role_ text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM campaign_member m
        WHERE m.id = member AND m.campaign_id = campaign AND m.role = role_ AND m.suspended_at IS NULL)
$$;

CREATE TRIGGER campaign_override_people AFTER INSERT OR UPDATE OF agreed_at ON campaign_ruleoverride
    FOR EACH ROW EXECUTE FUNCTION campaign_override_people();
