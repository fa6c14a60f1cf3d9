/** Which routes an alert takes, which not, and why. */
import type { Labels } from '../model/labels.ts';
import type { Route } from './route.ts';

export interface ExplainedRoute {
  /** The matchers on the way: `{}/{severity="critical"}`. */
  readonly key: string;
  readonly receiver: string;
  readonly isTaken: boolean;
  readonly why: string;
}

/** Routes below one that does not match are not looked at. */
const ROUTES_MAX = 500;

/** Parents first, in the order of the tree. */
export function explainRoutes(root: Route, labels: Labels): readonly ExplainedRoute[] {
  const taken = new Set(root.match(labels).map(({ id }) => id));
  const found: ExplainedRoute[] = [];
  explain(root, labels, taken, found);
  return found.slice(0, ROUTES_MAX);
}

/** @returns whether the route, or one below it, takes the alert */
function explain(
  route: Route,
  labels: Labels,
  taken: ReadonlySet<string>,
  found: ExplainedRoute[],
): boolean {
  const { key, options, children, matchers } = route;
  const note = (isTaken: boolean, why: string): void => {
    if (found.length < ROUTES_MAX) found.push({ key, receiver: options.receiver, isTaken, why });
  };
  const obstacle = matchers.find((matcher) => !matcher.matches(labels.get(matcher.name)));
  if (obstacle !== undefined) {
    const { name } = obstacle;
    const value = labels.has(name)
      ? `${name} is ${JSON.stringify(labels.get(name))}`
      : `${name} is absent`;
    note(false, `${obstacle.toString()} does not match: ${value}`);
    return false;
  }
  const isTaken = taken.has(route.id);
  note(isTaken, isTaken ? 'its matchers match, and no route below does' : 'a route below takes it');
  let isOver = false;
  let hasMatch = isTaken;
  for (const child of children) {
    if (isOver) {
      const why = 'a route before it takes the alert and does not continue';
      if (found.length < ROUTES_MAX) {
        found.push({ key: child.key, receiver: child.options.receiver, isTaken: false, why });
      }
      continue;
    }
    const matches = explain(child, labels, taken, found);
    hasMatch ||= matches;
    isOver = matches && !child.continues;
  }
  return hasMatch;
}
