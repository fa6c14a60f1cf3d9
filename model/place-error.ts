/** An error with a place in a file, the only form in which configuration mistakes reach a user. */

/** Lines and columns count from 1; columns count characters. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export class PlaceError extends Error {
  override readonly name = 'PlaceError';
  readonly place: Place;
  /** What is wrong, without the place. */
  readonly problem: string;
  /** What to do about it; '' when the problem says it all. */
  readonly fix: string;

  constructor(place: Place, problem: string, fix = '', options?: ErrorOptions) {
    const hint = fix === '' ? '' : ` (${fix})`;
    super(`${place.file}:${place.line}:${place.column}: ${problem}${hint}`, options);
    this.place = place;
    this.problem = problem;
    this.fix = fix;
  }
}
