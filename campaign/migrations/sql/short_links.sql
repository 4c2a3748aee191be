-- Where a short link leads was approved with its post. It may be closed and opened, never bent.
CREATE FUNCTION campaign_short_link_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.code, NEW.target, NEW.utm_source, NEW.utm_medium, NEW.utm_campaign, NEW.utm_content,
        NEW.campaign_id, NEW.channel_id, NEW.post_id)
       IS DISTINCT FROM (OLD.code, OLD.target, OLD.utm_source, OLD.utm_medium, OLD.utm_campaign, OLD.utm_content,
        OLD.campaign_id, OLD.channel_id, OLD.post_id) THEN
        RAISE EXCEPTION 'short link %: where it leads is never changed', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER campaign_short_link_guard BEFORE UPDATE ON campaign_shortlink
    FOR EACH ROW EXECUTE FUNCTION campaign_short_link_guard();

-- The gate as it stands before a person's hand: the same one, but that no sign-in of Posko's has to be in order. With
-- `hold_` the campaign and the account keep still until the caller's transaction ends.
CREATE FUNCTION campaign_hand_gate(id_ bigint, hold_ boolean DEFAULT false) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    d campaign_delivery; k campaign_campaign; c campaign_channel;
BEGIN
    SELECT * INTO d FROM campaign_delivery WHERE id = id_;
    IF hold_ THEN
        SELECT * INTO k FROM campaign_campaign WHERE id = d.campaign_id FOR SHARE;
        SELECT * INTO c FROM campaign_channel WHERE id = d.channel_id FOR SHARE;
    ELSE
        SELECT * INTO k FROM campaign_campaign WHERE id = d.campaign_id;
        SELECT * INTO c FROM campaign_channel WHERE id = d.channel_id;
    END IF;
    IF c.health <> 'removed' THEN c.health := 'ok'; END IF;
    RETURN campaign_gate(d, k, c);
END $$;
