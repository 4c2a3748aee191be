-- Time is this server's clock. One function, so that a test can set it.
CREATE FUNCTION campaign_now() RETURNS timestamptz LANGUAGE sql VOLATILE
AS $$ SELECT clock_timestamp() $$;

-- jsonb has one text form whatever order its keys came in, so the same draft has the same fingerprint.
CREATE FUNCTION campaign_fingerprint(draft jsonb) RETURNS text LANGUAGE sql IMMUTABLE STRICT
AS $$ SELECT encode(sha256(convert_to(draft::text, 'UTF8')), 'hex') $$;
