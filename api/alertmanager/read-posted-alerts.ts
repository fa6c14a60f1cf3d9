/** The body of `POST /alerts`. */
import { GoUrlError, parseGoUrl } from '../../config/go-url.ts';
import type { PostedAlert } from '../../notify/accept-alerts.ts';
import { BodyError, CODE, requiredError } from './body-error.ts';
import { asFields, asList, asText, asTexts, asTime, isAbsent } from './read-json.ts';

const ZERO_TIME_MS = Date.parse('0001-01-01T00:00:00Z');

/** @throws BodyError, or what `readJsonBody` takes */
export function readPostedAlerts(body: unknown): readonly PostedAlert[] {
  const items = asList(body, 'value of type models.PostableAlerts');
  const read = items.flatMap((item) => (isAbsent(item) ? [] : [readAlert(item)]));
  // Types first, then what is required: the original decodes all before it looks at any.
  for (const [at, { alert, hasLabels }] of read.entries()) {
    checkUri(alert.generatorUrl, at);
    if (!hasLabels) throw requiredError(`${at}.labels`);
  }
  return read.map(({ alert }) => alert);
}

function readAlert(item: unknown): { readonly alert: PostedAlert; readonly hasLabels: boolean } {
  const fields = asFields(item, 'value of type models.PostableAlert');
  const { labels, annotations, startsAt, endsAt, generatorURL } = fields;
  const alert: PostedAlert = {
    labels: withoutEmpty(asTexts(labels, 'Alert.labels', 'models.LabelSet')),
    annotations: asTexts(annotations, '.annotations', 'models.LabelSet'),
    startsAtMs: givenTime(startsAt),
    endsAtMs: givenTime(endsAt),
    generatorUrl: asText(generatorURL, 'value of type string') ?? '',
  };
  return { alert, hasLabels: !isAbsent(labels) };
}

/** Go's zero time, which its clients send for none, is none. */
function givenTime(value: unknown): number | undefined {
  const timeMs = asTime(value);
  return timeMs === ZERO_TIME_MS ? undefined : timeMs;
}

function withoutEmpty(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}

/** Go's `url.ParseRequestURI`: a scheme, or a path from the root. */
function checkUri(text: string, at: number): void {
  if (text === '' || text.startsWith('/')) return;
  try {
    if (parseGoUrl(text).scheme !== '') return;
  } catch (error) {
    if (!(error instanceof GoUrlError)) throw error;
  }
  const message = `${at}.generatorURL in body must be of type uri: ${JSON.stringify(text)}`;
  throw new BodyError(422, CODE.wrongType, message);
}
