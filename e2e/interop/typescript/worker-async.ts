// A worker on the SDK's async functions. See ../README.md for what every worker offers and prints.

import { type Context, Resonate } from "@resonatehq/sdk/async";
import { emit, pause, pid, required, token, url } from "./program.ts";

const group = required("RESONATE_GROUP");
const resonate = new Resonate({ url, token, group, pid });

resonate.register("work", async (ctx: Context, label: string, ms: number) => {
  emit("start", "work", ctx.id, label);
  await pause(ms);
  emit("end", "work", ctx.id, label);
  return { worker: pid, label };
});

resonate.register("factorial", async (ctx: Context, label: string, n: number): Promise<number> => {
  emit("start", "factorial", ctx.id, label, n);
  if (n <= 1) return 1;
  return n * (await ctx.rpc<number>("factorial", label, n - 1, ctx.options({ target: group })));
});

resonate.register("nap", async (ctx: Context, label: string, ms: number) => {
  emit("start", "nap", ctx.id, label);
  await ctx.sleep(ms);
  emit("end", "nap", ctx.id, label);
  return { worker: pid, label };
});

resonate.register("approval", async (ctx: Context, label: string) => {
  emit("start", "approval", ctx.id, label);
  const promise = ctx.promise<unknown>();
  emit("promise", "approval", ctx.id, label, promise.id);
  const decision = await promise;
  return { worker: pid, decision };
});
