/** Exposition pages whose values move. */

const BUCKET_BOUNDS = ['0.005', '0.01', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '+Inf'];

/** The metrics of a page, each with the same count of series. */
export const METRIC_NAMES: readonly string[] = ['x', 'c2', 'c3', 'y', 'g2', 'g3', 'g4', 'b_bucket'];

export interface PageShape {
  readonly target: number;
  readonly seriesCount: number;
  /** Share of the series that get a new Pod name each minute, 0 to 1. */
  readonly churnPerMinute: number;
}

type Motion = 'counter' | 'gauge' | 'bucket';

interface Field {
  /** The line up to its value, comments before it included. */
  readonly head: string;
  readonly metric: string;
  readonly labels: readonly string[];
  readonly order: number;
  readonly motion: Motion;
  value: number;
  readonly pace: number;
}

/**
 * One target's page: eight metrics of equal series counts (counters `x`, `c2`, `c3`; gauges `y`,
 * `g2`, `g3`, `g4`; histogram buckets `b`), labels namespace, pod, container, node.
 */
export class TargetPage {
  readonly #shape: PageShape;
  #fields: Field[] = [];
  #generation = -1;
  #scrapes = 0;

  constructor(shape: PageShape) {
    this.#shape = shape;
  }

  /** The page as of now. */
  render(nowMs: number): string {
    this.#advance(nowMs);
    let page = '';
    for (const { head, motion, value } of this.#fields) page += `${head}${shown(motion, value)}\n`;
    return page;
  }

  /** Name, value, … of each series, the metric's name first; without what a scrape adds. */
  labelSets(nowMs: number): readonly (readonly string[])[] {
    this.#renew(nowMs);
    return this.#fields.map(({ metric, labels }) => ['__name__', metric, ...labels]);
  }

  /** What `render` would show, as numbers in the order of `labelSets`. */
  values(nowMs: number): Float64Array {
    this.#advance(nowMs);
    return Float64Array.from(this.#fields, ({ motion, value }) => Number(shown(motion, value)));
  }

  #advance(nowMs: number): void {
    this.#renew(nowMs);
    this.#scrapes++;
    for (const field of this.#fields) this.#move(field);
  }

  #renew(nowMs: number): void {
    const generation = this.#shape.churnPerMinute > 0 ? Math.floor(nowMs / 60_000) : 0;
    if (generation !== this.#generation) this.#build(generation);
  }

  #move(field: Field): void {
    if (field.motion === 'gauge') {
      const noise = ((this.#scrapes * 7919 + field.order) % 1000) / 1000 - 0.5;
      field.value = Math.max(0, field.value + noise * field.pace);
    } else if ((this.#scrapes + field.order) % 3 !== 0) {
      field.value += field.pace;
    }
  }

  #build(generation: number): void {
    const { target, seriesCount, churnPerMinute } = this.#shape;
    const old = new Map(this.#fields.map((field, index) => [index, field.value]));
    const perMetric = Math.floor(seriesCount / METRIC_NAMES.length);
    this.#fields = [];
    for (const name of METRIC_NAMES) {
      const motion: Motion =
        name === 'b_bucket' ? 'bucket' : name === 'x' || name.startsWith('c') ? 'counter' : 'gauge';
      const type = motion === 'bucket' ? 'histogram' : motion;
      for (let index = 0; index < perMetric; index++) {
        const labels = this.#labels(index, perMetric, motion, generation, churnPerMinute);
        const comment = index === 0 ? `# TYPE ${name.replace('_bucket', '')} ${type}\n` : '';
        const order = this.#fields.length;
        this.#fields.push({
          head: `${comment}${name}{${labelText(labels)}} `,
          metric: name,
          labels,
          order,
          motion,
          value: old.get(order) ?? (target * 31 + index * 17) % 1000,
          pace: 1 + ((index * 13 + target) % 50),
        });
      }
    }
    this.#generation = generation;
  }

  #labels(
    index: number,
    perMetric: number,
    motion: Motion,
    generation: number,
    churn: number,
  ): readonly string[] {
    const { target } = this.#shape;
    const bucketCount = BUCKET_BOUNDS.length;
    const subject = motion === 'bucket' ? Math.floor(index / bucketCount) : index;
    const isChurning = subject / perMetric < churn;
    const pod = `pod-${target}-${subject}${isChurning ? `-${generation % 1000}` : ''}`;
    const labels: readonly (readonly [string, string])[] = [
      ['namespace', `ns-${(subject + target) % 40}`],
      ['pod', pod],
      ['container', `c${subject % 5}`],
      ['node', `node-${target % 20}`],
    ];
    const bound = BUCKET_BOUNDS[index % bucketCount] as string;
    return motion === 'bucket' ? [...labels.flat(), 'le', bound] : labels.flat();
  }
}

function shown(motion: Motion, value: number): string {
  return motion === 'gauge' ? value.toFixed(3) : String(Math.trunc(value));
}

function labelText(labels: readonly string[]): string {
  const parts: string[] = [];
  for (let at = 0; at < labels.length; at += 2) parts.push(`${labels[at]}="${labels[at + 1]}"`);
  return parts.join(',');
}
