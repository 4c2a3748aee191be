-- The engine's statements. Each is one call in one short transaction of its own, so a worker that is stopped or
-- killed anywhere holds no lock. Locks are taken in one order: campaign, channel, envelope.

-- What an envelope may never do ------------------------------------------------------------------

-- An envelope is rewritten three times within minutes: room beside it keeps the second of them out of the indexes.
ALTER TABLE campaign_delivery SET (fillfactor = 60);

CREATE FUNCTION campaign_delivery_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves CONSTANT jsonb := '{
        "waiting": ["sending", "held", "cancelled", "unsure"],
        "sending": ["waiting", "sent", "unsure", "handed", "held", "failed"],
        "unsure":  ["sent", "waiting", "held", "failed"],
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
    RETURN NEW;
END $$;

-- AFTER, and only of these columns: beside a BEFORE trigger every update computes the fingerprint anew.
CREATE TRIGGER campaign_delivery_guard
    AFTER UPDATE OF slot, channel_id, campaign_id, key, action, kind, draft, state ON campaign_delivery
    FOR EACH ROW EXECUTE FUNCTION campaign_delivery_guard();

-- Whether `kind` may not leave at `moment`. `closed` is Campaign.closed; a kind it does not name is closed.
CREATE FUNCTION campaign_is_closed(closed jsonb, kind text, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT NOT closed ? kind OR EXISTS (
        SELECT FROM jsonb_array_elements(closed -> kind) span
        WHERE moment >= (span ->> 0)::timestamptz AND moment < (span ->> 1)::timestamptz)
$$;

-- Claim: due envelopes of one platform, oldest first, four on the way per channel ------------------

CREATE FUNCTION campaign_claim(platform_ text, most integer, lease interval) RETURNS SETOF campaign_delivery
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

-- The gate: asked last before anything leaves, and again between two steps ------------------------

CREATE FUNCTION campaign_gate(d campaign_delivery, k campaign_campaign, c campaign_channel) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF d.cleared IS DISTINCT FROM d.fingerprint THEN RETURN 'uncleared'; END IF;
    IF c.health <> 'ok' THEN RETURN 'channel'; END IF;
    IF d.action = 'take_down' THEN RETURN 'open'; END IF;  -- silence is always lawful
    IF k.stopped_at IS NOT NULL THEN RETURN 'stopped'; END IF;
    IF campaign_is_closed(k.closed, d.kind, campaign_now()) THEN RETURN 'phase'; END IF;
    IF d.not_after < campaign_now() THEN RETURN 'late'; END IF;
    RETURN 'open';
END $$;

-- Begin: the last thing before the call. From its commit on, the network may have it. Several begin in one commit;
-- there an envelope that somebody holds is `busy` rather than waited for, so that no two wait for each other, and asks
-- again alone, with `patient`.
CREATE FUNCTION campaign_begin(id_ bigint, token_ uuid, lease interval, patient boolean DEFAULT true)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    d campaign_delivery; k campaign_campaign; c campaign_channel; verdict text;
BEGIN
    SELECT * INTO d FROM campaign_delivery WHERE id = id_;
    SELECT * INTO k FROM campaign_campaign WHERE id = d.campaign_id FOR SHARE;
    SELECT * INTO c FROM campaign_channel WHERE id = d.channel_id FOR SHARE;
    IF patient THEN
        SELECT * INTO d FROM campaign_delivery WHERE id = id_ FOR UPDATE;
    ELSE
        SELECT * INTO d FROM campaign_delivery WHERE id = id_ FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN RETURN 'busy'; END IF;
    END IF;
    IF d.token IS DISTINCT FROM token_ OR d.state <> 'sending' OR d.begun_at IS NOT NULL
        OR d.lease_until <= campaign_now() THEN RETURN 'lost';
    END IF;
    -- It may be out, and waited (for a pause, a stop, a new time) until the network has forgotten the key.
    IF d.doubtful AND d.repeat_until < campaign_now() THEN RETURN 'doubtful'; END IF;
    verdict := campaign_gate(d, k, c);
    IF verdict = 'open' THEN
        UPDATE campaign_delivery SET begun_at = campaign_now(), lease_until = campaign_now() + lease, tries = tries + 1
        WHERE id = id_;
        INSERT INTO campaign_attempt (delivery_id, token, begun_at, outcome, problem, problem_params)
        VALUES (id_, token_, campaign_now(), '', '', '{}');
    END IF;
    RETURN verdict;
END $$;

-- Keep: save the network's handle before the next step, and ask the gate again.
CREATE FUNCTION campaign_keep(id_ bigint, token_ uuid, handle_ text, lease interval) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    d campaign_delivery; k campaign_campaign; c campaign_channel;
BEGIN
    SELECT * INTO d FROM campaign_delivery WHERE id = id_;
    SELECT * INTO k FROM campaign_campaign WHERE id = d.campaign_id FOR SHARE;
    SELECT * INTO c FROM campaign_channel WHERE id = d.channel_id FOR SHARE;
    UPDATE campaign_delivery SET handle = handle_, lease_until = campaign_now() + lease
    WHERE id = id_ AND token = token_ AND state = 'sending' AND begun_at IS NOT NULL AND lease_until > campaign_now()
    RETURNING * INTO d;
    IF NOT FOUND THEN RETURN 'lost'; END IF;
    RETURN campaign_gate(d, k, c);
END $$;

-- Close: only the holder of the token settles a try. One that comes back late may still bring proof that it was
-- sent, and nothing else. What may have gone out earlier (`doubtful`) is never called held or failed. Gives the row as
-- it now stands; none where the token settles nothing.
CREATE FUNCTION campaign_close(id_ bigint, token_ uuid, state_ text, fields jsonb) RETURNS SETOF campaign_delivery
LANGUAGE plpgsql AS $$
DECLARE
    d campaign_delivery; target text := state_;
BEGIN
    SELECT * INTO d FROM campaign_delivery WHERE id = id_ AND token = token_ FOR UPDATE;
    IF NOT FOUND OR NOT (d.state = 'sending' OR (d.state = 'unsure' AND state_ = 'sent')) THEN
        UPDATE campaign_attempt SET ended_at = campaign_now(), outcome = 'lost' WHERE token = token_;
        RETURN;
    END IF;
    IF d.doubtful AND state_ IN ('held', 'failed') THEN target := 'unsure'; END IF;
    IF d.asks_person AND target = 'sent' THEN  -- the receipt answers what a person was asked
        UPDATE campaign_notice SET done_at = campaign_now()
        WHERE kind = 'unsure' AND about = 'delivery:' || id_ AND done_at IS NULL;
    END IF;
    UPDATE campaign_delivery SET
        state = target,
        token = CASE WHEN target = 'unsure' THEN token END,
        lease_until = NULL,
        begun_at = CASE WHEN target = 'unsure' THEN begun_at END,
        doubtful = target = 'unsure' OR (target = 'waiting' AND d.doubtful),
        asks_person = target = 'unsure' AND target <> state_,
        look_at = CASE WHEN target = 'unsure' THEN campaign_now() + make_interval(secs => coalesce((fields ->> 'look_after')::float, 0)) END,
        send_at = CASE WHEN fields ? 'send_after'
            THEN campaign_now() + make_interval(secs => (fields ->> 'send_after')::float) ELSE send_at END,
        handle = coalesce(fields ->> 'handle', handle),
        problem = coalesce(fields ->> 'problem', ''),
        problem_params = coalesce(fields -> 'problem_params', '{}'),
        remote_id = coalesce(fields ->> 'remote_id', remote_id),
        remote_url = coalesce(fields ->> 'remote_url', remote_url),
        sent_at = CASE WHEN target = 'sent' THEN campaign_now() END
    WHERE id = id_ RETURNING * INTO d;
    UPDATE campaign_attempt SET ended_at = campaign_now(), outcome = target,
        problem = coalesce(fields ->> 'problem', ''), problem_params = coalesce(fields -> 'problem_params', '{}')
    WHERE token = token_;
    RETURN NEXT d;
END $$;
