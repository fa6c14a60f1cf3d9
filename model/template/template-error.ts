/** What goes wrong with a template, in the words of Go's text/template and html/template. */

/** A template that does not parse, cannot be made safe for HTML, or fails while it is executed. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/**
 * What a template function reports as its error. The executor turns it into a `TemplateError`
 * `error calling NAME: …` with the place of the call.
 */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
}

/** Execution stopped because a budget (steps, output, depth) is used up. */
export class LimitError extends Error {
  override readonly name = 'LimitError';
}
