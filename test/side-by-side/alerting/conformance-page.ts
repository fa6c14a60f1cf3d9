/** The table of a run, as it stands in the documentation. */
import type { Judgement } from './drive.ts';

export function conformancePage(judgements: readonly Judgement[], version: string): string {
  const of = (verdict: Judgement['verdict']): number =>
    judgements.filter((one) => one.verdict === verdict).length;
  const rows = judgements.map(({ id, title, ours, theirs, verdict, note }) => {
    const cells = [
      id,
      title,
      plain(ours, id),
      plain(theirs, id),
      verdict,
      verdict === 'equal' ? '' : note,
    ];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  return [
    '# Alerting beside Alertmanager',
    '',
    'Made by `npm run conformance -- alerting-side-by-side`; do not edit. The same alerts and silences',
    `go to a real Alertmanager ${version} and to Watchkeeper, at the same time; both tell webhooks of`,
    'their own. Compared are the messages, their times (within 2 s, more where attempts come at',
    'random times or programs start) and their bodies, but for `externalURL` and what that version',
    'does not have (`notification_reason`, `routeLabels`).',
    '',
    `${of('equal')} equal, ${of('intended')} different on purpose, ${of('wrong')} wrong.`,
    '',
    'Times are seconds; `-A` is A resolved, `!400` a message that the receiver did not take. In A27 and',
    'A28 programs are stopped in second 6; seconds from 8 on count from when both are back. In the',
    'scenarios R values are scraped each second and judged every two: a real Prometheus tells the',
    'Alertmanager, and our own rules our own engine; times may differ by a scrape and two slots.',
    '',
    '| | scenario | we tell | Alertmanager tells | | why |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** The receiver stands in the first column already. */
function plain(lines: string, id: string): string {
  return lines.replaceAll(` ${id}: `, ' ').replace(/( a\d\d){18}/, ' …');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
