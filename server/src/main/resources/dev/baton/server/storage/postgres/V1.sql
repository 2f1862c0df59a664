-- Who owns the work, since which epoch. The row changes when somebody takes over, never with a batch.
CREATE TABLE baton_shard (
  shard        smallint PRIMARY KEY,
  epoch        bigint NOT NULL,
  owner        text,
  url          text,
  backend_pids int[] NOT NULL DEFAULT '{}',
  taken_at     timestamptz,
  released     boolean NOT NULL DEFAULT true
);
INSERT INTO baton_shard (shard, epoch) VALUES (0, 0);

-- The owner's sign of life.
CREATE TABLE baton_beat (
  shard smallint PRIMARY KEY,
  epoch bigint NOT NULL,
  at    timestamptz NOT NULL
);

-- A promise and its task share a row. Payloads are bytes: text could not hold every character.
-- branch and origin are digests: what they stand for may be longer than an index allows.
CREATE TABLE baton_promises (
  id               text COLLATE "C" PRIMARY KEY,
  bucket           smallint NOT NULL,
  state            smallint NOT NULL,
  task_state       smallint,
  task_version     bigint,
  task_ttl         bigint,
  task_due_at      bigint,
  task_acquired_at bigint,
  timeout_at       bigint NOT NULL,
  created_at       bigint NOT NULL,
  settled_at       bigint,
  branch           bytea,
  origin           bytea,
  task_pid         bytea,
  tags             bytea NOT NULL,
  param_headers    bytea,
  param_data       bytea,
  value_headers    bytea,
  value_data       bytea
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX baton_promises_pending ON baton_promises (id) WHERE state = 0;
CREATE INDEX baton_promises_branch ON baton_promises (branch, id) WHERE branch IS NOT NULL;
CREATE INDEX baton_promises_origin ON baton_promises (origin, id) WHERE origin IS NOT NULL;

-- The keys of both are digests of the two columns: together they may be longer than an index allows.
CREATE TABLE baton_callbacks (
  key     bytea PRIMARY KEY,
  awaited text COLLATE "C" NOT NULL,
  awaiter text COLLATE "C" NOT NULL,
  fired   boolean NOT NULL
);
CREATE INDEX baton_callbacks_fired ON baton_callbacks (awaiter) WHERE fired;
CREATE TABLE baton_listeners (
  key     bytea PRIMARY KEY,
  awaited text COLLATE "C" NOT NULL,
  address bytea NOT NULL
);

CREATE TABLE baton_schedules (
  id              text COLLATE "C" PRIMARY KEY,
  cron            text NOT NULL,
  promise_id      text NOT NULL,
  promise_timeout bigint NOT NULL,
  created_at      bigint NOT NULL,
  next_run_at     bigint NOT NULL,
  last_run_at     bigint,
  promise_tags    bytea NOT NULL,
  param_headers   bytea,
  param_data      bytea
);

CREATE TABLE baton_group_settings (
  key              bytea PRIMARY KEY,
  name             bytea NOT NULL,
  slots_per_worker int NOT NULL
);

-- What is written to see that writes work.
CREATE TABLE baton_probe (
  shard  smallint PRIMARY KEY,
  filler bytea NOT NULL
);
ALTER TABLE baton_probe ALTER COLUMN filler SET STORAGE EXTERNAL;

-- Saves a batch if the epoch is still the owner's, and answers whether it was. Tables that are small
-- when a plan is made grow: no plan may read them from end to end.
CREATE FUNCTION baton_save_1(
  of_shard smallint, of_epoch bigint, clears boolean,
  new_id text[], new_bucket int[], new_state int[], new_timeout_at bigint[], new_created_at bigint[],
  new_settled_at bigint[], new_branch bytea[], new_origin bytea[], new_tags bytea[],
  new_param_headers bytea[], new_param_data bytea[], new_value_headers bytea[],
  new_value_data bytea[], new_task_state int[], new_task_version bigint[], new_task_ttl bigint[],
  new_task_due_at bigint[], new_task_acquired_at bigint[], new_task_pid bytea[],
  set_id text[], set_state int[], set_settled_at bigint[], set_value_headers bytea[],
  set_value_data bytea[], set_task_state int[], set_task_version bigint[],
  put_id text[], put_task_state int[], put_task_version bigint[], put_task_ttl bigint[],
  put_task_due_at bigint[], put_task_acquired_at bigint[], put_task_pid bytea[],
  callback_key bytea[], callback_awaited text[], callback_awaiter text[], callback_fired boolean[],
  no_callback_key bytea[],
  listener_key bytea[], listener_awaited text[], listener_address bytea[], no_listener_key bytea[],
  schedule_id text[], schedule_cron text[], schedule_promise_id text[],
  schedule_promise_timeout bigint[], schedule_created_at bigint[], schedule_next_run_at bigint[],
  schedule_last_run_at bigint[], schedule_promise_tags bytea[], schedule_param_headers bytea[],
  schedule_param_data bytea[], no_schedule_id text[]
) RETURNS boolean LANGUAGE plpgsql SET enable_seqscan = off SET jit = off AS $$
BEGIN
  PERFORM 1 FROM baton_shard WHERE shard = of_shard AND epoch = of_epoch FOR SHARE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  IF clears THEN
    DELETE FROM baton_promises;
    DELETE FROM baton_callbacks;
    DELETE FROM baton_listeners;
    DELETE FROM baton_schedules;
  END IF;
  IF cardinality(new_id) > 0 THEN
    INSERT INTO baton_promises (id, bucket, state, timeout_at, created_at, settled_at, branch,
        origin, tags, param_headers, param_data, value_headers, value_data, task_state,
        task_version, task_ttl, task_due_at, task_acquired_at, task_pid)
      SELECT n.id, n.bucket, n.state, n.timeout_at, n.created_at,
        CASE WHEN n.state <> 0 THEN n.settled_at END, n.branch, n.origin, n.tags,
        n.param_headers, n.param_data, n.value_headers, n.value_data, NULLIF(n.task_state, -1),
        CASE WHEN n.task_state >= 0 THEN n.task_version END,
        CASE WHEN n.task_state >= 0 THEN n.task_ttl END,
        CASE WHEN n.task_state >= 0 THEN n.task_due_at END,
        CASE WHEN n.task_state >= 0 THEN n.task_acquired_at END, n.task_pid
      FROM unnest(new_id, new_bucket, new_state, new_timeout_at, new_created_at, new_settled_at,
        new_branch, new_origin, new_tags, new_param_headers, new_param_data, new_value_headers,
        new_value_data, new_task_state, new_task_version, new_task_ttl, new_task_due_at,
        new_task_acquired_at, new_task_pid)
        AS n(id, bucket, state, timeout_at, created_at, settled_at, branch, origin, tags,
          param_headers, param_data, value_headers, value_data, task_state, task_version, task_ttl,
          task_due_at, task_acquired_at, task_pid);
  END IF;
  IF cardinality(set_id) > 0 THEN
    UPDATE baton_promises p SET state = n.state, settled_at = n.settled_at,
        value_headers = n.value_headers, value_data = n.value_data,
        task_state = NULLIF(n.task_state, -1),
        task_version = CASE WHEN n.task_state >= 0 THEN n.task_version END,
        task_ttl = NULL, task_due_at = NULL, task_acquired_at = NULL, task_pid = NULL
      FROM unnest(set_id, set_state, set_settled_at, set_value_headers, set_value_data,
        set_task_state, set_task_version)
        AS n(id, state, settled_at, value_headers, value_data, task_state, task_version)
      WHERE p.id = n.id;
  END IF;
  IF cardinality(put_id) > 0 THEN
    UPDATE baton_promises p SET task_state = n.task_state, task_version = n.task_version,
        task_ttl = n.task_ttl, task_due_at = n.task_due_at, task_acquired_at = n.task_acquired_at,
        task_pid = n.task_pid
      FROM unnest(put_id, put_task_state, put_task_version, put_task_ttl, put_task_due_at,
        put_task_acquired_at, put_task_pid)
        AS n(id, task_state, task_version, task_ttl, task_due_at, task_acquired_at, task_pid)
      WHERE p.id = n.id;
  END IF;
  IF cardinality(callback_key) > 0 THEN
    INSERT INTO baton_callbacks (key, awaited, awaiter, fired)
      SELECT * FROM unnest(callback_key, callback_awaited, callback_awaiter, callback_fired)
      ON CONFLICT (key) DO UPDATE SET fired = excluded.fired;
  END IF;
  IF cardinality(no_callback_key) > 0 THEN
    DELETE FROM baton_callbacks WHERE key = ANY (no_callback_key);
  END IF;
  IF cardinality(listener_key) > 0 THEN
    INSERT INTO baton_listeners (key, awaited, address)
      SELECT * FROM unnest(listener_key, listener_awaited, listener_address)
      ON CONFLICT (key) DO NOTHING;
  END IF;
  IF cardinality(no_listener_key) > 0 THEN
    DELETE FROM baton_listeners WHERE key = ANY (no_listener_key);
  END IF;
  IF cardinality(no_schedule_id) > 0 THEN
    DELETE FROM baton_schedules WHERE id = ANY (no_schedule_id);
  END IF;
  IF cardinality(schedule_id) > 0 THEN
    INSERT INTO baton_schedules (id, cron, promise_id, promise_timeout, created_at, next_run_at,
        last_run_at, promise_tags, param_headers, param_data)
      SELECT * FROM unnest(schedule_id, schedule_cron, schedule_promise_id,
        schedule_promise_timeout, schedule_created_at, schedule_next_run_at, schedule_last_run_at,
        schedule_promise_tags, schedule_param_headers, schedule_param_data)
      ON CONFLICT (id) DO UPDATE SET cron = excluded.cron, promise_id = excluded.promise_id,
        promise_timeout = excluded.promise_timeout, created_at = excluded.created_at,
        next_run_at = excluded.next_run_at, last_run_at = excluded.last_run_at,
        promise_tags = excluded.promise_tags, param_headers = excluded.param_headers,
        param_data = excluded.param_data;
  END IF;
  RETURN true;
END
$$;

-- Finds promises by their ids, and the first settled ones of branches. Payloads that are larger than
-- they may be are left out; the last column says how large each is.
CREATE FUNCTION baton_find_1(
  ids text[], most int, branches bytea[], most_of_branch int, rows_of_branch int
) RETURNS TABLE (
  of_branch bytea, id text, state smallint, param_headers bytea, param_data bytea,
  value_headers bytea, value_data bytea, tags bytea, timeout_at bigint, created_at bigint,
  settled_at bigint, task_state smallint, task_version bigint, task_pid bytea, task_ttl bigint,
  task_due_at bigint, task_acquired_at bigint, payload bigint
) LANGUAGE sql STABLE SET enable_seqscan = off SET jit = off AS $$
  SELECT f.of_branch, f.id, f.state,
    CASE WHEN f.payload <= f.fits THEN f.param_headers END,
    CASE WHEN f.payload <= f.fits THEN f.param_data END,
    CASE WHEN f.payload <= f.fits THEN f.value_headers END,
    CASE WHEN f.payload <= f.fits THEN f.value_data END,
    f.tags, f.timeout_at, f.created_at, f.settled_at, f.task_state, f.task_version, f.task_pid,
    f.task_ttl, f.task_due_at, f.task_acquired_at, f.payload
  FROM (
    SELECT NULL::bytea AS of_branch, $2 AS fits, p.*,
      (coalesce(octet_length(p.param_headers), 0) + coalesce(octet_length(p.param_data), 0)
        + coalesce(octet_length(p.value_headers), 0) + coalesce(octet_length(p.value_data), 0)
      )::bigint AS payload
      FROM baton_promises p WHERE p.id = ANY ($1)
    UNION ALL
    SELECT b.branch, $4, q.*
      FROM unnest($3) AS b(branch) CROSS JOIN LATERAL (
        SELECT p.*,
          (coalesce(octet_length(p.param_headers), 0) + coalesce(octet_length(p.param_data), 0)
            + coalesce(octet_length(p.value_headers), 0) + coalesce(octet_length(p.value_data), 0)
          )::bigint AS payload
          FROM baton_promises p WHERE p.branch = b.branch AND p.state <> 0
          ORDER BY p.id LIMIT $5
      ) q
  ) f
$$;
