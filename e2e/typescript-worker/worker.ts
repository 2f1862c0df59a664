// The example worker once more, on the public TypeScript SDK: the same function and the same lines in the log.
// It knows nothing of Baton: the operator gives it RESONATE_URL, RESONATE_GROUP and RESONATE_PID.

import { type Context, Resonate } from "@resonatehq/sdk";

const { RESONATE_URL: url, RESONATE_GROUP: group, RESONATE_PID: pid, RESONATE_TOKEN: token } = process.env;
const unitMs = Number(process.env.COST_UNIT_MS ?? "1000");
const resonate = new Resonate({ url, group, pid, token });

function say(what: string, call: string, cost: number): number {
  const at = Date.now();
  process.stdout.write(`${new Date(at).toISOString()} ${pid} ${what} ${call} cost ${cost} attempt 1\n`);
  return at;
}

resonate.register("computeSomething", async (_: Context, id: string, cost: number) => {
  const startedAt = say("started", id, cost);
  await new Promise((resolve) => setTimeout(resolve, cost * unitMs));
  const endedAt = say("finished", id, cost);
  return { id, cost, worker: pid, attempt: 1, startedAt, endedAt };
});
