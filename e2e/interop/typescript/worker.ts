// A worker on the SDK's generators. See ../README.md for what every worker offers and prints.

import { type Context, Resonate } from "@resonatehq/sdk";
import { emit, pause, pid, required, token, url } from "./program.ts";

const group = required("RESONATE_GROUP");
const lease = Number(process.env.INTEROP_LEASE_SECONDS ?? 60) * 1000;
const resonate = new Resonate({ url, token, group, pid, ttl: lease });

resonate.register("work", async (ctx: Context, label: string, ms: number) => {
  emit("start", "work", ctx.id, label);
  await pause(ms);
  emit("end", "work", ctx.id, label);
  return { worker: pid, label };
});

resonate.register("factorial", function* factorial(ctx: Context, label: string, n: number): Generator<any, number, any> {
  emit("start", "factorial", ctx.id, label, n);
  if (n <= 1) return 1;
  return n * (yield* ctx.rpc<number>("factorial", label, n - 1, ctx.options({ target: group })));
});

resonate.register("echo", async (_: Context, label: string, value: unknown) => value);

resonate.register("nap", function* nap(ctx: Context, label: string, ms: number): Generator<any, object, any> {
  emit("start", "nap", ctx.id, label);
  yield* ctx.sleep(ms);
  emit("end", "nap", ctx.id, label);
  return { worker: pid, label };
});

resonate.register("approval", function* approval(ctx: Context, label: string): Generator<any, object, any> {
  emit("start", "approval", ctx.id, label);
  const promise = yield* ctx.promise<unknown>();
  emit("promise", "approval", ctx.id, label, promise.id);
  const decision = yield* promise;
  return { worker: pid, decision };
});
