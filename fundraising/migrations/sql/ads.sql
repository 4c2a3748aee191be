-- Whatever an ad names is of its own campaign. The columns it is compared with never change.
CREATE FUNCTION fundraising_ad_is_of_one_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.channel_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM campaign_channel c WHERE c.id = NEW.channel_id AND c.campaign_id = NEW.campaign_id)
    OR NEW.post_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM campaign_post p WHERE p.id = NEW.post_id AND p.campaign_id = NEW.campaign_id)
    OR NEW.receipt_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM campaign_proof r WHERE r.id = NEW.receipt_id AND r.campaign_id = NEW.campaign_id)
    OR NOT EXISTS (SELECT FROM campaign_member m WHERE m.id = NEW.entered_by_id AND m.campaign_id = NEW.campaign_id)
    THEN
        RAISE EXCEPTION 'ad % names something of another campaign', NEW.id USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

-- AFTER, so that the table's own constraints speak first.
CREATE TRIGGER fundraising_ad_is_of_one_campaign
    AFTER INSERT OR UPDATE OF campaign_id, channel_id, post_id, receipt_id, entered_by_id ON fundraising_ad
    FOR EACH ROW EXECUTE FUNCTION fundraising_ad_is_of_one_campaign();

-- An ad is cancelled with a reason, never deleted; asked at commit, so that a campaign may go as a whole.
CREATE FUNCTION fundraising_ad_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM campaign_campaign WHERE id = OLD.campaign_id) THEN
        RAISE EXCEPTION 'ad % is cancelled, never deleted', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER fundraising_ad_stays AFTER DELETE ON fundraising_ad
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fundraising_ad_stays();
CREATE CONSTRAINT TRIGGER fundraising_ad_stays_where_it_is AFTER UPDATE ON fundraising_ad
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.campaign_id <> OLD.campaign_id)
    EXECUTE FUNCTION fundraising_ad_stays();

-- What was corrected stays as it was written; it goes with its ad.
CREATE FUNCTION fundraising_ad_change_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (SELECT FROM fundraising_ad WHERE id = OLD.ad_id) THEN
        RAISE EXCEPTION 'a correction of ad % does not change', OLD.ad_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER fundraising_ad_change_stays AFTER UPDATE OR DELETE ON fundraising_adchange
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fundraising_ad_change_stays();
