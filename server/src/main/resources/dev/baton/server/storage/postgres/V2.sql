-- A batch of one row took longer to plan than to execute: PostgreSQL planned it anew each time, because a
-- plan for any batch seemed to cost more. Now each statement of both functions is planned once a session,
-- for any batch. Such a plan may have been made while the tables were empty, so it has no choice: rows are
-- looked up by their indexes, one after the other.
ALTER FUNCTION baton_save_1
  SET plan_cache_mode = force_generic_plan SET enable_hashjoin = off SET enable_mergejoin = off;

-- The same as before in another language: one in SQL was planned at each call before PostgreSQL 18.
CREATE OR REPLACE FUNCTION baton_find_1(
  ids text[], most int, branches bytea[], most_of_branch int, rows_of_branch int
) RETURNS TABLE (
  of_branch bytea, id text, state smallint, param_headers bytea, param_data bytea,
  value_headers bytea, value_data bytea, tags bytea, timeout_at bigint, created_at bigint,
  settled_at bigint, task_state smallint, task_version bigint, task_pid bytea, task_ttl bigint,
  task_due_at bigint, task_acquired_at bigint, payload bigint
) LANGUAGE plpgsql STABLE SET enable_seqscan = off SET jit = off
  SET plan_cache_mode = force_generic_plan SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
  IF cardinality($1) > 0 THEN
    RETURN QUERY SELECT NULL::bytea, f.id, f.state,
      CASE WHEN f.payload <= $2 THEN f.param_headers END,
      CASE WHEN f.payload <= $2 THEN f.param_data END,
      CASE WHEN f.payload <= $2 THEN f.value_headers END,
      CASE WHEN f.payload <= $2 THEN f.value_data END,
      f.tags, f.timeout_at, f.created_at, f.settled_at, f.task_state, f.task_version, f.task_pid,
      f.task_ttl, f.task_due_at, f.task_acquired_at, f.payload
    FROM (
      SELECT p.*,
        (coalesce(octet_length(p.param_headers), 0) + coalesce(octet_length(p.param_data), 0)
          + coalesce(octet_length(p.value_headers), 0) + coalesce(octet_length(p.value_data), 0)
        )::bigint AS payload
        FROM baton_promises p WHERE p.id = ANY ($1)
    ) f;
  END IF;
  IF cardinality($3) > 0 THEN
    RETURN QUERY SELECT f.of_branch, f.id, f.state,
      CASE WHEN f.payload <= $4 THEN f.param_headers END,
      CASE WHEN f.payload <= $4 THEN f.param_data END,
      CASE WHEN f.payload <= $4 THEN f.value_headers END,
      CASE WHEN f.payload <= $4 THEN f.value_data END,
      f.tags, f.timeout_at, f.created_at, f.settled_at, f.task_state, f.task_version, f.task_pid,
      f.task_ttl, f.task_due_at, f.task_acquired_at, f.payload
    FROM (
      SELECT b.branch AS of_branch, q.*
        FROM unnest($3) AS b(branch) CROSS JOIN LATERAL (
          SELECT p.*,
            (coalesce(octet_length(p.param_headers), 0) + coalesce(octet_length(p.param_data), 0)
              + coalesce(octet_length(p.value_headers), 0) + coalesce(octet_length(p.value_data), 0)
            )::bigint AS payload
            FROM baton_promises p WHERE p.branch = b.branch AND p.state <> 0
            ORDER BY p.id LIMIT $5
        ) q
    ) f;
  END IF;
END
$$;
