/** What one execution of a template may cost. */

export interface TemplateLimits {
  /** Nested `{{template}}` calls. Go stops at 100,000. */
  readonly depthMax: number;
  /** UTF-16 units written. */
  readonly outputMax: number;
  /** Nodes evaluated, loop passes, and one for every 64 characters a function handles. */
  readonly stepsMax: number;
}

export const TEMPLATE_DEPTH_MAX = 100;
export const TEMPLATE_OUTPUT_MAX = 1024 * 1024;
export const TEMPLATE_STEPS_MAX = 1_000_000;
/** Longest text that is read as a template. */
export const TEMPLATE_SOURCE_MAX = 4 * 1024 * 1024;
/** Nested blocks and parentheses; Go stops at 10,000 parentheses and never at blocks. */
export const TEMPLATE_NESTING_MAX = 500;

export const DEFAULT_TEMPLATE_LIMITS: TemplateLimits = {
  depthMax: TEMPLATE_DEPTH_MAX,
  outputMax: TEMPLATE_OUTPUT_MAX,
  stepsMax: TEMPLATE_STEPS_MAX,
};
