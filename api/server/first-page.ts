/** The page at `/` until there is a web application: what runs, and what to do next. */
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { ScrapeManager } from '../../collector/scrape/scrape-manager.ts';
import type { Target } from '../../collector/scrape/target.ts';
import type { StatusSource } from '../prometheus/status-routes.ts';

/** More would make the page slow; the API has them all. */
const TARGETS_SHOWN_MAX = 200;

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
         color: #1b1f24; background: #fff; }
  @media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117; } a { color: #6cb6ff; } }
  table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .6rem;
         border-bottom: 1px solid #8885; } code { font-size: .9em; }
  .down { color: #c62828; font-weight: 600; } .up { color: #2e7d32; font-weight: 600; }`;

export function firstPage(scrape: ScrapeManager, status: StatusSource): Hono {
  const app = new Hono();
  app.get('/', (c) => {
    const targets = [...scrape.activeTargets()].flatMap(([job, list]) =>
      list.map((target) => ({ job, target })),
    );
    const { seriesCount } = status.cardinality(1);
    c.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'");
    return c.html(html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width" />
          <title>Watchkeeper</title>
          <style>
            ${STYLE}
          </style>
        </head>
        <body>
          <h1>Watchkeeper ${status.build.version}</h1>
          <p>
            ${targets.length} targets, ${seriesCount} series. Everything answers at Prometheus' paths:
            point Grafana, promtool or <code>watchkeeper query</code> at this address.
          </p>
          <h2>Targets</h2>
          ${targets.length === 0 ? NO_TARGETS : targetTable(targets.slice(0, TARGETS_SHOWN_MAX))}
          <h2>Next</h2>
          <ul>
            <li>Scrape something: start with <code>--config.file=prometheus.yml</code>.</li>
            <li>Ask something: <code>watchkeeper query 'up'</code>.</li>
            <li>
              Look: <a href="api/v1/targets">targets</a>,
              <a href="api/v1/status/tsdb">cardinality</a>, <a href="api/v1/queries">running queries</a>,
              <a href="metrics">our own metrics</a>.
            </li>
          </ul>
        </body>
      </html>`);
  });
  return app;
}

const NO_TARGETS = html`<p>
  None yet: discovery reports every few seconds. If it stays so, add
  <code>scrape_configs</code> to the configuration and send <code>POST /-/reload</code>.
</p>`;

function targetTable(targets: readonly { readonly job: string; readonly target: Target }[]) {
  return html`<table>
    <thead>
      <tr>
        <th>Job</th>
        <th>Target</th>
        <th>State</th>
        <th>Last scrape</th>
        <th>Error</th>
      </tr>
    </thead>
    <tbody>
      ${targets.map(({ job, target }) => {
        const { health, lastError, lastScrapeMs, lastScrapeDurationMs } = target.status;
        return html`<tr>
          <td>${job}</td>
          <td>${target.url}</td>
          <td class="${health}">${health}</td>
          <td>
            ${lastScrapeMs === undefined ? 'never' : new Date(lastScrapeMs).toISOString()}
            (${lastScrapeDurationMs.toFixed(0)} ms)
          </td>
          <td>${lastError}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}
