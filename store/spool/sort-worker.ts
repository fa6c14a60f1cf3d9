/** A thread that sorts spool files for `SortThread`: 100 ms of work that nobody waits for. */
import { parentPort } from 'node:worker_threads';
import { SampleSorter } from './sorted-samples.ts';

export interface SortRequest {
  readonly from: string;
  readonly to: string;
}

/** '' when all went well. */
export type SortAnswer = string;

const sorter = new SampleSorter();

parentPort?.on('message', ({ from, to }: SortRequest) => {
  let answer: SortAnswer = '';
  try {
    sorter.sort(from, to);
  } catch (error) {
    answer = error instanceof Error ? error.message : String(error);
  }
  parentPort?.postMessage(answer);
});
