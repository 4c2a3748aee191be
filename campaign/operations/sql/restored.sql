-- What a backup becomes in the transaction that restores it. The world is newer than the backup: whatever might have
-- left since may be out, so nothing leaves by itself and nothing is called not published before somebody knows.
-- Reads posko.taken_at, posko.note and posko.counts.

SET LOCAL search_path = public;

DO $$
DECLARE
    name_ text; wanted bigint; found bigint;
BEGIN
    FOR name_, wanted IN SELECT * FROM jsonb_each_text(current_setting('posko.counts')::jsonb) LOOP
        EXECUTE format('SELECT count(*) FROM %I', name_) INTO found;
        IF found <> wanted THEN
            RAISE EXCEPTION 'the backup held % rows of %, and % came back', wanted, name_, found;
        END IF;
    END LOOP;
END $$;

-- Every campaign is stopped. Why it was stopped before, if it was, stays behind the new reason.
UPDATE campaign_campaign SET
    stop_reason = left('restored:' || current_setting('posko.taken_at')
        || CASE WHEN stopped_at IS NULL OR stop_reason LIKE 'restored:%' THEN '' ELSE ' ' || stop_reason END, 300),
    stopped_at = campaign_now(), stopped_by_id = NULL;

-- The tries under way when the backup was taken: what became of them happened afterwards.
UPDATE campaign_attempt SET ended_at = campaign_now(), outcome = 'unsure', problem = 'restored' WHERE ended_at IS NULL;
UPDATE campaign_delivery SET state = 'waiting', token = NULL, lease_until = NULL, begun_at = NULL
WHERE state = 'sending' AND action = 'take_down';  -- which does no harm twice

-- Held and failed: somebody may have let them go since, while their approval reached. None reaches over a week.
UPDATE campaign_delivery SET state = 'waiting', problem = 'restored', problem_params = '{}'
WHERE action = 'publish' AND state IN ('held', 'failed') AND cleared IS NOT NULL
    AND send_at >= current_setting('posko.taken_at')::timestamptz - interval '8 days';

-- These were due, on their way or let go: each may be out. The networks are asked, then a named person.
UPDATE campaign_delivery SET
    state = 'unsure', doubtful = true, asks_person = false, look_at = campaign_now(), repeat_until = campaign_now(),
    lease_until = NULL, problem = 'restored', problem_params = '{}'
WHERE action = 'publish' AND cleared IS NOT NULL
    AND (state = 'sending' OR (state = 'waiting' AND (problem = 'restored' OR send_at <= campaign_now())));
UPDATE campaign_delivery SET repeat_until = campaign_now() WHERE state = 'unsure';

-- These are due later, but could have been moved forward since: they are in doubt until a person says that they have
-- looked. `campaign_begin` lets nothing go that is in doubt and may not be repeated any more.
UPDATE campaign_delivery SET
    doubtful = true, repeat_until = campaign_now(), problem = 'restored', problem_params = '{}'
WHERE action = 'publish' AND cleared IS NOT NULL AND state = 'waiting';

-- What waited for a yes may have got it since, and have left: its author looks before it is submitted again.
WITH back AS (
    UPDATE campaign_post SET state = 'changes_asked', note = current_setting('posko.note') WHERE state = 'in_review'
    RETURNING id, version
)
DELETE FROM campaign_approval a USING back WHERE a.post_id = back.id AND a.version = back.version;
UPDATE campaign_delivery SET state = 'cancelled' WHERE state = 'waiting' AND cleared IS NULL AND NOT doubtful;
UPDATE campaign_notice SET done_at = campaign_now() WHERE kind = 'approve' AND done_at IS NULL;

-- What opens a door by itself may have been ended since the backup, as sign-ins may: none of it comes to life again.
-- A backup of an earlier version has not got all of these.
DO $$
BEGIN
    IF to_regclass('campaign_phone') IS NOT NULL THEN
        UPDATE campaign_phone SET revoked_at = campaign_now() WHERE revoked_at IS NULL;
        UPDATE campaign_phonelink SET expires_at = campaign_now() WHERE used_at IS NULL AND expires_at > campaign_now();
    END IF;
    IF to_regclass('campaign_invitation') IS NOT NULL THEN
        UPDATE campaign_invitation SET revoked_at = campaign_now() WHERE used_at IS NULL AND revoked_at IS NULL;
    END IF;
    IF to_regclass('campaign_feedkey') IS NOT NULL THEN
        DELETE FROM campaign_feedkey;
    END IF;
END $$;

-- Signs of life and of the last backup are those of the other place.
DELETE FROM campaign_pulse;
INSERT INTO campaign_pulse (name, at, value) VALUES ('backup', current_setting('posko.taken_at')::timestamptz, 0);

INSERT INTO campaign_auditrow (campaign_id, actor, verb, about, details)
SELECT id, 'restore', 'campaign.restore', 'campaign:' || id,
    jsonb_build_object('taken_at', current_setting('posko.taken_at'))
FROM campaign_campaign ORDER BY id;
INSERT INTO campaign_auditrow (campaign_id, actor, verb, about, details)
SELECT campaign_id, 'restore', 'delivery.unsure', 'delivery:' || id, '{"problem": "restored"}'
FROM campaign_delivery WHERE state = 'unsure' AND problem = 'restored' ORDER BY id;

INSERT INTO campaign_notice (campaign_id, member_id, kind, params, url, about, made_at)
SELECT m.campaign_id, m.id, 'restored', jsonb_build_object('taken_at', current_setting('posko.taken_at')),
    '/c/' || k.slug || '/lanjut/', 'campaign:' || k.id, campaign_now()
FROM campaign_member m JOIN campaign_campaign k ON k.id = m.campaign_id
WHERE m.role IN ('manager', 'candidate') AND m.suspended_at IS NULL
ON CONFLICT DO NOTHING;
