-- A post has one film at most: networks show one, and two would be a choice that nobody approved.
CREATE FUNCTION campaign_one_film() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM campaign_media WHERE id = NEW.media_id AND mime LIKE 'video/%') THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM campaign_post WHERE id = NEW.post_id FOR NO KEY UPDATE;  -- two at once wait for each other
    IF (SELECT count(*) FROM campaign_postmedia p JOIN campaign_media m ON m.id = p.media_id
        WHERE p.post_id = NEW.post_id AND m.mime LIKE 'video/%') > 1 THEN
        RAISE EXCEPTION 'post %: one film at most', NEW.post_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'post_media_one_film';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER post_media_one_film AFTER INSERT OR UPDATE OF media_id, post_id ON campaign_postmedia
FOR EACH ROW EXECUTE FUNCTION campaign_one_film();

-- A flow of several steps shows that it goes on by another handle. Both `keep` and `close` write it.
CREATE FUNCTION campaign_sign_of_life() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.kept_at := campaign_now();
    RETURN NEW;
END $$;

CREATE TRIGGER delivery_sign_of_life BEFORE UPDATE OF handle ON campaign_delivery
FOR EACH ROW WHEN (NEW.handle IS DISTINCT FROM OLD.handle AND NEW.handle <> '')
EXECUTE FUNCTION campaign_sign_of_life();
