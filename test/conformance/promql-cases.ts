/** The case files of `promql/`, and texts in them. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ParserOptions } from '../../promql/ast.ts';
import { decodeLossless } from '../../promql/parser/go-text.ts';

/** A text that is no valid UTF-8 stands as base64. */
export type CaseText = string | { readonly base64: string };

export async function readCases<T>(dir: string, file: string): Promise<readonly T[]> {
  const text = await readFile(path.join(dir, 'promql', file), 'utf8');
  return (JSON.parse(text) as { readonly cases: readonly T[] }).cases;
}

export function textOf(text: CaseText): string {
  return typeof text === 'string' ? text : decodeLossless(Buffer.from(text.base64, 'base64'));
}

export const ALL_EXPERIMENTAL: ParserOptions = {
  experimentalFunctions: true,
  extendedRangeSelectors: true,
  binopFillModifiers: true,
  durationExpressions: true,
};

/** What a call gives, or the text of the error it throws. */
export function resultOf(call: () => string): string {
  try {
    return call();
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}
