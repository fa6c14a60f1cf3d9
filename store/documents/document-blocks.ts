import type { DocumentVersion } from '../../model/documents.ts';
import { int64Bytes, stringBytes } from '../native/write-native.ts';
import type { SpoolBlock } from '../spool/spool-file.ts';
import { block } from '../spool/table-blocks.ts';

/** A row of `program_state`. */
export interface StateVersion {
  readonly kind: string;
  readonly key: string;
  readonly version: number;
  /** Undefined: deleted. */
  readonly json: string | undefined;
}

export function documentsBlock(documents: readonly DocumentVersion[]): SpoolBlock {
  return block('documents', documents.length, [
    [stringBytes(documents.map(({ kind }) => kind))],
    [stringBytes(documents.map(({ id }) => id))],
    [int64Bytes(documents.map(({ version }) => version))],
    [int64Bytes(documents.map(({ updatedMs }) => updatedMs))],
    [stringBytes(documents.map(({ author }) => author))],
    [Uint8Array.from(documents, ({ json }) => Number(json === undefined))],
    [stringBytes(documents.map(({ json }) => json ?? ''))],
  ]);
}

export function stateBlock(storeId: string, rows: readonly StateVersion[]): SpoolBlock {
  return block('program_state', rows.length, [
    [stringBytes(rows.map(() => storeId))],
    [stringBytes(rows.map(({ kind }) => kind))],
    [stringBytes(rows.map(({ key }) => key))],
    [int64Bytes(rows.map(({ version }) => version))],
    [Uint8Array.from(rows, ({ json }) => Number(json === undefined))],
    [stringBytes(rows.map(({ json }) => json ?? ''))],
  ]);
}
