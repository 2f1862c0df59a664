// What the programs of this folder share: who they are, and how a worker says what it does.

export const url = required("RESONATE_URL");

/** From the environment alone the SDK would leave it off the poll channel. */
export const token = process.env.RESONATE_TOKEN;

/** The worker's id, on the poll channel and as holder of leases. */
export const pid = process.env.RESONATE_PID;

export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

export function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

export function emit(event: string, fn: string, id: string, label: string, detail?: unknown): void {
  print({ event, function: fn, id, label, detail, worker: pid, at: Date.now() });
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
