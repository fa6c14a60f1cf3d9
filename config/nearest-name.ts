/** Finds what a mistyped name was meant to be. */

/** Names longer than this are not worth the quadratic comparison. */
const NAME_LENGTH_MAX = 100;
/** Fewer letters say too little. */
const COMPLETED_LENGTH_MIN = 3;

/** The known name that is fewest edits away, if it is near enough to be meant. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > NAME_LENGTH_MAX) return undefined;
  const farthest = Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  let bestDistance = farthest + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best ?? onlyCompletion(name, known);
}

/** `job` for `job_name`, when no other name begins so. */
function onlyCompletion(name: string, known: Iterable<string>): string | undefined {
  if (name.length < COMPLETED_LENGTH_MIN) return undefined;
  const completions = [...known].filter((candidate) => candidate.startsWith(name));
  return completions.length === 1 ? completions[0] : undefined;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
