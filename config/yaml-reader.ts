/** What every reader of a section needs: the file, where to put problems, and a bound on work. */
import path from 'node:path';
import {
  type Alias,
  type Document,
  isAlias,
  isNode,
  isScalar,
  type Node,
  Scalar,
  visit,
} from 'yaml';
import type { Place } from '../model/place-error.ts';
import type { Problems } from './config-errors.ts';
import { scalarKind } from './yaml-scalar.ts';
import type { YamlSource } from './yaml-source.ts';

/**
 * Nodes read in one file, counted again each time an alias leads to them: a file of a few
 * kilobytes can stand for billions. A file without aliases has fewer nodes than characters, and
 * no node is read more than a few times.
 */
const NODES_READ_MAX = 200_000;
const NODES_READ_PER_CHARACTER_MAX = 4;

/** Thrown inside the readers only; the loader turns it into a problem. */
export class NodesReadError extends Error {
  override readonly name = 'NodesReadError';
  readonly place: Place;

  constructor(place: Place, nodesReadMax: number) {
    super(`more than ${nodesReadMax} values through aliases`);
    this.place = place;
  }
}

export class YamlReader {
  readonly source: YamlSource;
  readonly document: Document;
  readonly problems: Problems;
  /** Folder of the file, absolute: relative paths in it start there. */
  readonly dir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Places of values that do not stand in the file but in the environment. */
  readonly #foreign = new Map<Node, Place>();
  readonly #targets: ReadonlyMap<Alias, Node>;
  readonly #nodesReadMax: number;
  #nodesRead = 0;

  constructor(
    source: YamlSource,
    document: Document,
    problems: Problems,
    dir: string,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.source = source;
    this.document = document;
    this.problems = problems;
    this.dir = dir;
    this.env = env;
    // Most files have no anchors, and the walk is a tenth of the whole.
    this.#targets = source.text.includes('&') ? findTargets(document) : new Map();
    this.#nodesReadMax = NODES_READ_MAX + NODES_READ_PER_CHARACTER_MAX * source.text.length;
  }

  /**
   * The node itself, or what an alias stands for; undefined for no node, and for an alias of
   * nothing, which is a problem.
   * @throws NodesReadError
   */
  resolve(node: unknown): Node | undefined {
    if (!isNode(node)) return undefined;
    this.#nodesRead++;
    if (this.#nodesRead > this.#nodesReadMax) {
      throw new NodesReadError(this.placeOf(node), this.#nodesReadMax);
    }
    if (!isAlias(node)) return node;
    const target = this.#targets.get(node);
    if (target === undefined) {
      this.addProblem(node, `yaml: unknown anchor '${node.source}' referenced`);
    }
    return target;
  }

  /** A null value that stands where `beside` does. */
  nullBeside(beside: Node): Node {
    const node = nullNode();
    this.setPlace(node, this.placeOf(beside));
    return node;
  }

  placeOf(node: Node): Place {
    return this.#foreign.get(node) ?? this.source.placeOf(node);
  }

  /** Gives a node that we made a place of its own. */
  setPlace(node: Node, place: Place): void {
    this.#foreign.set(node, place);
  }

  addProblem(node: Node, problem: string, fix = ''): void {
    this.problems.add(this.placeOf(node), problem, fix);
  }

  /** A path as the file means it; '' stays ''. */
  joinDir(file: string): string {
    return file === '' ? '' : path.resolve(this.dir, file);
  }
}

/** What each alias stands for: the last node before it that has its anchor. */
function findTargets(document: Document): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if (node.anchor !== undefined) {
        anchors.set(node.anchor, node);
      }
    },
  });
  return targets;
}

/** A null value that stands at the start of the file. */
export function nullNode(): Node {
  const scalar = new Scalar(null);
  scalar.source = '';
  scalar.type = 'PLAIN';
  return scalar;
}

/** No value: nothing after the colon, `~` or `null`. */
export function isNullNode(node: Node | undefined): boolean {
  return node === undefined || (isScalar(node) && scalarKind(node) === '!!null');
}
