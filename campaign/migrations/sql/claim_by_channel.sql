-- Each account's next envelopes are found through its own part of an index, in order. Where the server last counted
-- rows while nothing waited, it takes all that is due anywhere for as few, reads that for every account, and sorts: a
-- thousand times as much. Without sorting there is one way left. To be said again where the function is made anew.
ALTER FUNCTION campaign_claim(text, integer, interval) SET enable_sort = off SET enable_incremental_sort = off;
