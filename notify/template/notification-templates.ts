/** The templates of notifications: the defaults, the user's files, and the texts of receivers. */

import { fixed, textArg } from '../../model/template/functions/define.ts';
import { HtmlTemplateSet } from '../../model/template/html/html-template-set.ts';
import { DEFAULT_TEMPLATE_LIMITS } from '../../model/template/limits.ts';
import { FunctionError, TemplateError } from '../../model/template/template-error.ts';
import { TemplateSet } from '../../model/template/template-set.ts';
import { type GoFunction, STRING } from '../../model/template/value/go-types.ts';
import { type GoValue, goString, type Maybe } from '../../model/template/value/go-values.ts';
import { DEFAULT_TEMPLATES } from './default-templates.ts';
import { EMAIL_TEMPLATES } from './email-templates.ts';
import { dataValue, type NotificationData } from './notification-data.ts';
import { clockFunctions, NOTIFICATION_FUNCTIONS } from './notification-functions.ts';

export interface TemplateFile {
  /** Base name, as messages show it. */
  readonly name: string;
  readonly text: string;
}

/** Texts whose parsed form is kept: as many as a configuration has fields, with room to spare. */
const COMPILED_TEXTS_MAX = 10_000;

type Mode = 'text' | 'html';

/** Runs a text that was parsed already. */
type Compiled = (data: Maybe<GoValue>, functions: ReadonlyMap<string, GoFunction>) => string;

export class NotificationTemplates {
  readonly #base: TemplateSet;
  readonly #clock: ReadonlyMap<string, GoFunction>;
  readonly #compiled = new Map<string, Compiled>();

  /**
   * @param files of `templates:`, in order; they may define the defaults anew
   * @param now milliseconds since 1970
   * @throws TemplateError `template: FILE:LINE: …`
   */
  constructor(files: readonly TemplateFile[], now: () => number) {
    this.#base = new TemplateSet({
      functions: NOTIFICATION_FUNCTIONS,
      missingKey: 'zero',
      limits: DEFAULT_TEMPLATE_LIMITS,
    });
    this.#base.parse('', DEFAULT_TEMPLATES);
    this.#base.parse('', EMAIL_TEMPLATES);
    // What stands outside of the definitions is nothing that a field may call.
    this.#base.forget('');
    for (const { name, text } of files) this.#base.parse(name, text);
    this.#clock = clockFunctions(now);
  }

  /** Names that are defined, those of files included. */
  get names(): readonly string[] {
    return this.#base.names;
  }

  /** Parses a field ahead, so that a mistake shows when it is configured. @throws TemplateError */
  check(text: string, mode: Mode): void {
    this.#compile(text, mode);
  }

  /** @throws TemplateError */
  expandText(text: string, data: NotificationData): string {
    return this.expandValue(text, dataValue(data), 'text', data);
  }

  /** Escaped for its place in HTML. @throws TemplateError */
  expandHtml(text: string, data: NotificationData): string {
    return this.expandValue(text, dataValue(data), 'html', data);
  }

  /**
   * With any data.
   * @param routes what `routeLabels` looks into
   * @throws TemplateError
   */
  expandValue(
    text: string,
    data: Maybe<GoValue>,
    mode: Mode,
    routes?: Pick<NotificationData, 'routeLabels' | 'areRouteLabelsRendered'>,
  ): string {
    if (text === '') return '';
    const resolver = new RouteLabelResolver(routes, (raw, functions) =>
      raw === '' ? '' : this.#compile(raw, mode)(data, functions),
    );
    const functions = new Map([...this.#clock, ['routeLabels', resolver.function]]);
    resolver.functions = functions;
    return this.#compile(text, mode)(data, functions);
  }

  /** Expands the labels set on a route, each with the help of the others. @throws TemplateError */
  renderRouteLabels(data: NotificationData): ReadonlyMap<string, string> {
    const rendered = new Map<string, string>();
    for (const [name, raw] of data.routeLabels.entries()) {
      rendered.set(name, data.areRouteLabelsRendered ? raw : this.expandText(raw, data));
    }
    return rendered;
  }

  #compile(text: string, mode: Mode): Compiled {
    const key = `${mode}:${text}`;
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    if (this.#compiled.size >= COMPILED_TEXTS_MAX) this.#compiled.clear();
    const compiled = this.#parse(text, mode);
    this.#compiled.set(key, compiled);
    return compiled;
  }

  #parse(text: string, mode: Mode): Compiled {
    if (mode === 'text' && !text.includes('{{')) return () => text;
    const set = this.#base.clone();
    set.parse('', text);
    if (mode === 'text') return (data, functions) => set.execute('', data, { functions });
    const html = new HtmlTemplateSet(set);
    return (data, functions) => html.execute('', data, { functions });
  }
}

/**
 * `routeLabels "name"`: a label of the route, itself expanded as a template. Each is expanded
 * once; one that needs itself is an error.
 */
class RouteLabelResolver {
  readonly function: GoFunction;
  functions: ReadonlyMap<string, GoFunction> = new Map();
  readonly #routes: Pick<NotificationData, 'routeLabels' | 'areRouteLabelsRendered'> | undefined;
  readonly #expand: (raw: string, functions: ReadonlyMap<string, GoFunction>) => string;
  readonly #done = new Map<string, string>();
  readonly #underWay: string[] = [];

  constructor(
    routes: Pick<NotificationData, 'routeLabels' | 'areRouteLabelsRendered'> | undefined,
    expand: (raw: string, functions: ReadonlyMap<string, GoFunction>) => string,
  ) {
    this.#routes = routes;
    this.#expand = expand;
    this.function = fixed([STRING], (args) => goString(this.#resolve(textArg(args, 0))));
  }

  #resolve(name: string): string {
    const raw = this.#routes?.routeLabels.get(name) ?? '';
    if (raw === '' || this.#routes?.areRouteLabelsRendered === true) return raw;
    const known = this.#done.get(name);
    if (known !== undefined) return known;
    if (this.#underWay.includes(name)) {
      const cycle = [...this.#underWay, name].join(' -> ');
      throw new FunctionError(`route label cycle detected: ${cycle}`);
    }
    this.#underWay.push(name);
    try {
      const text = this.#expand(raw, this.functions);
      this.#done.set(name, text);
      return text;
    } catch (error) {
      if (error instanceof TemplateError) throw new FunctionError(error.message, { cause: error });
      throw error;
    } finally {
      this.#underWay.pop();
    }
  }
}
