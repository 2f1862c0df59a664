// A client. See ../README.md for what every client accepts and prints.

import { Resonate } from "@resonatehq/sdk";
import { print, token, url } from "./program.ts";

interface Call {
  id: string;
  function: string;
  args: [string, number];
}

const resonate = new Resonate({ url, token, group: "interop-clients" });

/** Begins every call before it waits for the first. */
async function call(group: string, calls: Call[]): Promise<void> {
  const target = resonate.options({ target: group });
  const handles = [];
  for (const { id, function: fn, args } of calls) handles.push(await resonate.beginRpc(id, fn, ...args, target));
  for (const handle of handles) {
    try {
      print({ id: handle.id, result: await handle.result() });
    } catch (error) {
      print({ id: handle.id, error: String(error) });
    }
  }
}

const [command, ...rest] = process.argv.slice(2);
switch (command) {
  case "call":
    await call(rest[0], JSON.parse(rest[1]));
    break;
  case "settle":
    await resonate.promises.resolve(rest[0], { data: btoa(rest[1]) });
    break;
  case "schedule": {
    const { function: fn, args }: Call = JSON.parse(rest[3]);
    await resonate.schedule(rest[0], rest[1], fn, ...args, resonate.options({ target: rest[2] }));
    break;
  }
  case "unschedule":
    await resonate.schedules.delete(rest[0]);
    break;
  default:
    throw new Error(`unknown command ${command}`);
}
await resonate.stop();
