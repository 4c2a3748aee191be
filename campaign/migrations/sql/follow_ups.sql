-- What follows another envelope: a thread's next part, a first comment. It leaves when the one before it is out, and
-- never alone. `sent` is never left again, so that this is asked once and stays true.

CREATE FUNCTION campaign_may_follow(after_ text, channel bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT after_ = '' OR EXISTS (SELECT FROM campaign_delivery above WHERE above.slot = after_
        AND above.channel_id = channel AND above.action = 'publish' AND above.state = 'sent')
$$;

CREATE OR REPLACE FUNCTION campaign_delivery_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves CONSTANT jsonb := '{
        "waiting": ["sending", "held", "cancelled", "unsure"],
        "sending": ["waiting", "sent", "unsure", "handed", "held", "failed"],
        "unsure":  ["sent", "handed", "waiting", "held", "failed"],
        "handed":  ["sent", "failed", "cancelled"],
        "held":    ["waiting", "cancelled"],
        "failed":  ["waiting", "cancelled"]}';
BEGIN
    IF (NEW.slot, NEW.channel_id, NEW.campaign_id, NEW.key, NEW.action, NEW.kind)
       IS DISTINCT FROM (OLD.slot, OLD.channel_id, OLD.campaign_id, OLD.key, OLD.action, OLD.kind)
       OR NEW.draft IS DISTINCT FROM OLD.draft THEN
        RAISE EXCEPTION 'delivery %: a sealed envelope is never changed', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT coalesce(moves -> OLD.state::text, '[]') ? NEW.state::text THEN
        RAISE EXCEPTION 'delivery %: % may not become %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'sending' AND OLD.state <> 'sending' AND NOT campaign_may_follow(NEW.after, NEW.channel_id) THEN
        RAISE EXCEPTION 'delivery %: what it follows is not out', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION campaign_claim(platform_ text, most integer, lease interval) RETURNS SETOF campaign_delivery
LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz;
    picked bigint[];
BEGIN
    -- How many are on their way is only true for one claim at a time. Its own statement: the next one's snapshot
    -- then sees what the claim before has written.
    PERFORM pg_advisory_xact_lock(hashtext('campaign_claim:' || platform_));
    moment := campaign_now();

    WITH room AS MATERIALIZED (
        SELECT ch.id, k.stopped_at IS NOT NULL AS stopped, least(
            4 - (SELECT count(*) FROM campaign_delivery s WHERE s.channel_id = ch.id AND s.state = 'sending'),
            CASE WHEN p.rest_until > moment THEN 0
                 ELSE floor(ch.pace_burst - extract(epoch FROM greatest(p.full_at - moment, interval '0'))
                            / extract(epoch FROM ch.pace_every))
            END) AS free
        FROM campaign_channel ch
        JOIN campaign_campaign k ON k.id = ch.campaign_id
        LEFT JOIN campaign_pace p ON p.channel_id = ch.id
        -- LIMIT, not EXISTS, which the planner may turn into one pass over all due rows for each channel.
        CROSS JOIN LATERAL (
            SELECT FROM campaign_delivery d WHERE d.channel_id = ch.id AND d.state = 'waiting'
                AND d.cleared IS NOT NULL AND d.send_at <= moment
            ORDER BY d.send_at, d.id LIMIT 1) something_due
        WHERE ch.platform = platform_ AND ch.health = 'ok'
    )
    SELECT array_agg(id) INTO picked FROM (
        SELECT due.id FROM room CROSS JOIN LATERAL (
            SELECT d.id, d.send_at FROM campaign_delivery d
            WHERE d.channel_id = room.id AND d.state = 'waiting' AND d.cleared IS NOT NULL
                AND d.send_at <= moment AND (d.not_after >= moment OR d.action = 'take_down')
                AND (NOT room.stopped OR d.action = 'take_down')
                -- Written out: a function that asks a question of its own is called for each row.
                AND (d.after = '' OR EXISTS (SELECT FROM campaign_delivery above WHERE above.slot = d.after
                    AND above.channel_id = d.channel_id AND above.action = 'publish' AND above.state = 'sent'))
            ORDER BY d.send_at, d.id LIMIT greatest(room.free, 0)::integer
        ) due ORDER BY due.send_at, due.id LIMIT most
    ) oldest;
    IF picked IS NULL THEN
        RETURN;
    END IF;

    RETURN QUERY
    WITH locked AS MATERIALIZED (
        -- By id alone: with a guard beside it the planner may read every due row through a partial index.
        SELECT w.id, w.state, w.cleared, w.fingerprint FROM campaign_delivery w
        WHERE w.id = ANY (picked) FOR UPDATE SKIP LOCKED
    ), taken AS (
        -- The guards stand here again, on the row alone and under its lock: it may have changed since it was
        -- picked, and only a statement without a join asks them of the row's newest version.
        UPDATE campaign_delivery d
        SET state = 'sending', token = gen_random_uuid(), lease_until = moment + lease, begun_at = NULL
        WHERE d.id IN (SELECT l.id FROM locked l WHERE l.state = 'waiting' AND l.cleared = l.fingerprint)
        RETURNING d.*
    ), paced AS (
        INSERT INTO campaign_pace AS p (channel_id, full_at)
        SELECT t.channel_id, moment + count(*) * ch.pace_every
        FROM taken t JOIN campaign_channel ch ON ch.id = t.channel_id GROUP BY t.channel_id, ch.pace_every
        ON CONFLICT (channel_id) DO UPDATE
        SET full_at = greatest(p.full_at, moment) + (EXCLUDED.full_at - moment)
    )
    SELECT * FROM taken ORDER BY send_at, id;
END $$;
