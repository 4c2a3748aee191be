-- What the network holds for a person to finish: it has left as approved, and nobody but a person makes it public.

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
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION campaign_close(id_ bigint, token_ uuid, state_ text, fields jsonb)
RETURNS SETOF campaign_delivery LANGUAGE plpgsql AS $$
DECLARE
    d campaign_delivery; target text := state_;
BEGIN
    SELECT * INTO d FROM campaign_delivery WHERE id = id_ AND token = token_ FOR UPDATE;
    IF NOT FOUND OR NOT (d.state = 'sending' OR (d.state = 'unsure' AND state_ IN ('sent', 'handed'))) THEN
        UPDATE campaign_attempt SET ended_at = campaign_now(), outcome = 'lost' WHERE token = token_;
        RETURN;
    END IF;
    IF d.doubtful AND state_ IN ('held', 'failed') THEN target := 'unsure'; END IF;
    IF d.asks_person AND target IN ('sent', 'handed') THEN  -- the receipt answers what a person was asked
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
        look_at = CASE WHEN target IN ('unsure', 'handed') THEN
            campaign_now() + make_interval(secs => coalesce((fields ->> 'look_after')::float, 0)) END,
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
