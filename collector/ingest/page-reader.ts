/** What reads a page of one format into the samples of a target, in one go or in slices. */
export interface PageReader {
  /**
   * @param body must not change until `release`
   * @param lastPage number of the page that the row still holds, or 0
   */
  start(body: Uint8Array, lastPage: number): void;
  /**
   * Reads on for about `steps` steps of a tenth of a microsecond.
   * @returns true when the page is read
   * @throws ExpositionError, IngestError: the page is to be refused
   */
  advance(steps: number): boolean;
  /** Lets go of the body, whether the page was read or not. */
  release(): void;
  /** The page that was read is good: remembers what the next one is read by. */
  keep(body: Uint8Array): void;
}

/** Steps that an entry takes which goes to a parser. */
export const PARSED_ENTRY_STEPS = 32;
