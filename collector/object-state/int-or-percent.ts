/** Fields of Kubernetes that are a number or a share of another number (`25%`). */

/**
 * @param total what a percentage is of
 * @param round a share to whole ones
 * @returns undefined for nothing, or for what is neither
 */
export function scaledValue(
  value: number | string | null | undefined,
  total: number | null | undefined,
  round: (share: number) => number,
): number | undefined {
  if (total === undefined || total === null) return undefined;
  if (typeof value === 'number') return value;
  const percent = /^([+-]?\d+)%$/.exec(value ?? '')?.[1];
  return percent === undefined ? undefined : round((Number(percent) * total) / 100);
}
