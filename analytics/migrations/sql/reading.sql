-- What is deleted with a campaign. By the database, so that nothing else needs the right to delete.
ALTER TABLE analytics_pull
    ADD CONSTRAINT pull_campaign FOREIGN KEY (campaign_id) REFERENCES campaign_campaign (id) ON DELETE CASCADE,
    ADD CONSTRAINT pull_channel FOREIGN KEY (channel_id) REFERENCES campaign_channel (id) ON DELETE CASCADE,
    ADD CONSTRAINT pull_delivery FOREIGN KEY (delivery_id) REFERENCES campaign_delivery (id) ON DELETE CASCADE;

-- Readings, one table per month. `analytics_reading_rest` takes what no month's table takes, so no insert ever fails.
-- Its key answers both questions: the newest number of a metric, and the series of a metric.
CREATE TABLE analytics_reading (
    pull_id bigint NOT NULL REFERENCES analytics_pull (id) ON DELETE CASCADE,
    metric varchar(20) NOT NULL,
    read_at timestamptz NOT NULL,
    value bigint NOT NULL,
    remote_name varchar(60) NOT NULL,
    complete boolean NOT NULL,
    PRIMARY KEY (pull_id, metric, read_at)
) PARTITION BY RANGE (read_at);

CREATE TABLE analytics_reading_rest PARTITION OF analytics_reading DEFAULT;

-- Written once. Depth 0 is somebody's own statement; deeper is the cascade of a deleted campaign.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON analytics_reading
    FOR EACH ROW WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION campaign_refuse('numbers are only ever added');
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON analytics_reading
    FOR EACH STATEMENT EXECUTE FUNCTION campaign_refuse('numbers are only ever added');
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON analytics_reading_rest
    FOR EACH STATEMENT EXECUTE FUNCTION campaign_refuse('numbers are only ever added');
CREATE TRIGGER keeps_readings BEFORE DELETE ON analytics_pull
    FOR EACH ROW WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION campaign_refuse('its numbers go only with the campaign');

-- Makes the partition of the month (UTC) of `moment`; whether it was missing. Waits three seconds at most for others.
CREATE FUNCTION analytics_make_partition(moment timestamptz) RETURNS boolean
LANGUAGE plpgsql SET lock_timeout = '3s' SET timezone = 'UTC' AS $$
DECLARE
    begins timestamptz := date_trunc('month', moment);
    ends timestamptz := date_trunc('month', moment) + interval '1 month';
    name text := 'analytics_reading_' || to_char(moment, '"y"YYYY"m"MM');
    is_in_rest boolean;
BEGIN
    IF to_regclass(name) IS NOT NULL THEN RETURN false; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('analytics_make_partition'));
    IF to_regclass(name) IS NOT NULL THEN RETURN false; END IF;

    -- Nobody may add to the rest between the look and the making.
    LOCK TABLE ONLY analytics_reading IN ACCESS EXCLUSIVE MODE;
    SELECT EXISTS (SELECT FROM analytics_reading_rest WHERE read_at >= begins AND read_at < ends) INTO is_in_rest;
    IF is_in_rest THEN
        -- Apart from its table the rest has no append-only trigger: it leaves with the table's other row triggers.
        ALTER TABLE analytics_reading DETACH PARTITION analytics_reading_rest;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF analytics_reading FOR VALUES FROM (%L) TO (%L)', name, begins, ends);
    EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT '
        'EXECUTE FUNCTION campaign_refuse(%L)', name, 'numbers are only ever added');
    IF is_in_rest THEN
        INSERT INTO analytics_reading (pull_id, metric, read_at, value, remote_name, complete)
        SELECT pull_id, metric, read_at, value, remote_name, complete FROM analytics_reading_rest
        WHERE read_at >= begins AND read_at < ends;
        DELETE FROM analytics_reading_rest WHERE read_at >= begins AND read_at < ends;
        ALTER TABLE analytics_reading ATTACH PARTITION analytics_reading_rest DEFAULT;
    END IF;
    RETURN true;
END $$;

-- This month and the next three.
SELECT analytics_make_partition(campaign_now() + make_interval(months => ahead)) FROM generate_series(0, 3) ahead;
