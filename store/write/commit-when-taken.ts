import { type SampleSink, StoreUnavailableError } from '../../model/sink.ts';

/**
 * Waits until what was appended is kept. A full spool empties by itself: who brings more than it
 * takes waits for it, as long as that lasts.
 */
export async function commitWhenTaken(sink: Pick<SampleSink, 'commit'>): Promise<void> {
  for (;;) {
    try {
      await sink.commit();
      return;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      await new Promise((done) => setTimeout(done, error.retryAfterMs));
    }
  }
}
