import { CREATE_TABLES } from './001-create-tables.ts';
import { CREATE_DOCUMENTS } from './002-documents.ts';
import { CREATE_HISTORY } from './003-history.ts';
import { CREATE_ALERT_DECISIONS } from './004-alert-decisions.ts';

/**
 * Steps of the schema, forward only: a step that has been released is never edited, a change is a
 * new step. A step may run again after a crash, so all its statements are repeatable.
 */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}

export const MIGRATIONS: readonly Migration[] = [
  { version: 1, name: 'create-tables', statements: CREATE_TABLES },
  { version: 2, name: 'documents', statements: CREATE_DOCUMENTS },
  { version: 3, name: 'history', statements: CREATE_HISTORY },
  { version: 4, name: 'alert-decisions', statements: CREATE_ALERT_DECISIONS },
];
