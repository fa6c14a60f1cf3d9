/** Back-tests over HTTP: started by POST, looked after by GET, given up by DELETE. */
import { type Context, Hono } from 'hono';
import { TooManySamplesError } from '../../model/source.ts';
import { QueryError } from '../../promql/engine/query-error.ts';
import { BackTestError } from '../../rules/back-test/back-test.ts';
import { ApiError } from '../prometheus/api-error.ts';
import { success } from '../prometheus/envelope.ts';
import { type Params, readParams } from '../prometheus/params.ts';
import { type BackTestJob, BackTestJobs, TooManyJobsError } from './back-test-jobs.ts';
import { type KnownRules, parseJsonBody, readBackTestRequest } from './back-test-request.ts';
import { type BackTestDeps, runBackTest } from './run-back-test.ts';

export interface BackTestRouteDeps extends BackTestDeps {
  readonly known: KnownRules;
  readonly now: () => number;
}

/** A request waits no longer than this for the end of a back-test. */
const WAIT_MS_MAX = 60_000;
const BODY_LENGTH_MAX = 10 * 1024 * 1024;

export function backTestRoutes(deps: BackTestRouteDeps): Hono {
  const app = new Hono();
  const jobs = new BackTestJobs(deps.now);
  app.post('/backtest', async (c) => {
    const waitMs = readWaitMs(new URL(c.req.url).searchParams.get('wait') ?? '');
    const text = await c.req.text();
    if (text.length > BODY_LENGTH_MAX) throw new ApiError('bad_data', 'the body is too large');
    const request = readBackTestRequest(parseJsonBody(text), deps.known, deps.now());
    const job = startJob(jobs, (signal, onProgress) =>
      runBackTest(request, deps, signal, onProgress),
    );
    await finishedWithin(job, waitMs);
    return answer(c, job, 202);
  });
  app.get('/backtest/:id', async (c) => {
    const params: Params = await readParams(c);
    const job = jobs.get(c.req.param('id'));
    if (job === undefined) throw unknownJob(c.req.param('id'));
    await finishedWithin(job, readWaitMs(params.get('wait')));
    return answer(c, job, 200);
  });
  app.delete('/backtest/:id', async (c) => {
    const { id } = c.req.param();
    if (!(await jobs.cancel(id))) throw unknownJob(id);
    return success(c, { id, state: 'canceled' });
  });
  return app;
}

function startJob(jobs: BackTestJobs, work: Parameters<BackTestJobs['start']>[0]): BackTestJob {
  try {
    return jobs.start(work);
  } catch (error) {
    if (!(error instanceof TooManyJobsError)) throw error;
    throw new ApiError('too_many_requests', error.message, { cause: error }, 1);
  }
}

function readWaitMs(text: string): number {
  if (text === '') return 0;
  const seconds = Number(text.replace(/s$/, ''));
  if (Number.isFinite(seconds) && seconds >= 0) return Math.min(WAIT_MS_MAX, seconds * 1000);
  throw new ApiError('bad_data', `invalid parameter "wait": ${text} is no number of seconds`);
}

async function finishedWithin(job: BackTestJob, waitMs: number): Promise<void> {
  if (waitMs === 0 || job.state !== 'running') return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, waitMs);
  await Promise.race([job.finished, promise]);
  clearTimeout(timer);
}

/** @param runningStatus of the answer while the job runs */
function answer(c: Context, job: BackTestJob, runningStatus: 200 | 202): Response {
  const { id, state, progress } = job;
  if (state === 'failed') throw failure(job.failure);
  if (state === 'running' && runningStatus === 202) {
    return c.json({ status: 'success', data: { id, state, progress } }, 202);
  }
  return success(c, { id, state, progress, ...(state === 'done' ? { result: job.answer } : {}) });
}

function failure(error: unknown): unknown {
  if (error instanceof BackTestError || error instanceof TooManySamplesError) {
    return new ApiError('execution', error.message, { cause: error });
  }
  if (error instanceof QueryError)
    return new ApiError('execution', error.message, { cause: error });
  if (error instanceof DOMException) return new ApiError('timeout', 'the back-test took too long');
  return error;
}

function unknownJob(id: string): ApiError {
  return new ApiError('not_found', `there is no back-test ${id}`);
}
