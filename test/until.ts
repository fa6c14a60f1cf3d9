/** Waits for a condition; what a test does in place of sleeping. */

const DEADLINE_MS = 10_000;
const STEP_MS = 5;

type Falsy = undefined | null | false | '' | 0;

/** Resolves with the first value of `probe` that is true in the sense of `if`. */
export async function until<T>(
  what: string,
  probe: () => T | Falsy | Promise<T | Falsy>,
  withinMs = DEADLINE_MS,
): Promise<T> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}
