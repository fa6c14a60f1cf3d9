/** What reads a page of one format into the samples of a target. */
export interface PageReader {
  /**
   * @param body not kept
   * @param lastPage number of the page that the row still holds, or 0
   * @throws ExpositionError, IngestError: the page is to be refused
   */
  read(body: Uint8Array, lastPage: number): void;
  /** The page that was read is good: remembers what the next one is read by. */
  keep(body: Uint8Array): void;
}
