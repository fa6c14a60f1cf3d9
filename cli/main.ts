/** Finds the command and turns its end into an exit code. */
import { ConfigErrors } from '../config/config-errors.ts';
import { VERSION } from '../model/version.ts';
import { IGNORED_FLAGS, SERVE_FLAGS } from './flag-table.ts';
import { helpText, parseFlags, UsageError } from './flags.ts';

/** As Prometheus' tools: 1 for what is wrong with the input, 2 for a wrong command line. */
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

const HELP = `watchkeeper ${VERSION}: monitoring and alerting for Kubernetes in one program

  watchkeeper [serve] [flags]              run the program (the default)
  watchkeeper check config FILE            check a configuration
  watchkeeper check rules FILE...          check rule files
  watchkeeper check policies FILE...       check alarm policies
  watchkeeper check metrics [FILE]         check an exposition from a file or standard input
  watchkeeper test rules [flags] FILE...   run tests of rules, written as for promtool
  watchkeeper backtest [flags] FILE        what rules or a policy would have done, and who been told
  watchkeeper policies export FILE...      alarm policies as PrometheusRule objects
  watchkeeper policies import FILE...      PrometheusRule objects as alarm policies
  watchkeeper clusters list|check [NAME]   look at the Kubernetes clusters and our rights in them
  watchkeeper clusters add|remove [NAME]   have a running program watch a cluster, or not
  watchkeeper query [flags] EXPRESSION     ask a running program
  watchkeeper import [flags] FROM          take over the samples of a Prometheus
  watchkeeper version                      print the version

Flags of serve:
`;

/** @param argv without node and script; sets the exit code */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    process.exitCode = await run(argv);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(error.message);
      process.exitCode = EXIT_USAGE;
    } else if (error instanceof ConfigErrors || isExpected(error)) {
      console.error(error.message);
      process.exitCode = EXIT_FAILED;
    } else {
      throw error;
    }
  }
}

/** Failures of the world outside, whose text says it all; by name, so that nothing is loaded. */
const EXPECTED: ReadonlySet<string> = new Set([
  'RemoteReadError',
  'RuleFileErrors',
  'PolicyErrors',
  'HttpRequestError',
  'DirectoryInUseError',
  'StoreUnavailableError',
]);

function isExpected(error: unknown): error is Error {
  return error instanceof Error && EXPECTED.has(error.name);
}

async function run(argv: readonly string[]): Promise<number> {
  const [first = '', ...rest] = argv;
  if (argv.includes('--help') || argv.includes('-h') || first === 'help') {
    console.log(HELP + helpText(SERVE_FLAGS));
    return 0;
  }
  switch (first) {
    case 'version':
    case '--version':
      console.log(`watchkeeper ${VERSION} (node ${process.versions.node})`);
      return 0;
    case 'check': {
      const { runCheck } = await import('./check-command.ts');
      return runCheck(rest, console.log);
    }
    case 'test': {
      const { runTest, TEST_FLAGS } = await import('./test-command.ts');
      return runTest(parseFlags(rest, TEST_FLAGS, process.env), console.log);
    }
    case 'backtest': {
      const { BACKTEST_FLAGS, runBacktest } = await import('./backtest-command.ts');
      const flags = parseFlags(rest, BACKTEST_FLAGS, process.env);
      return runBacktest(flags, console.log, console.error);
    }
    case 'policies': {
      const { runPolicies } = await import('./policies-command.ts');
      return runPolicies(parseFlags(rest, [], process.env), console.log);
    }
    case 'clusters': {
      const { CLUSTERS_FLAGS, runClusters } = await import('./clusters-command.ts');
      return runClusters(parseFlags(rest, CLUSTERS_FLAGS, process.env), console.log, Date.now);
    }
    case 'query': {
      const { QUERY_FLAGS, runQuery } = await import('./query-command.ts');
      return runQuery(parseFlags(rest, QUERY_FLAGS, process.env), console.log, Date.now);
    }
    case 'import': {
      const { IMPORT_FLAGS, runImport } = await import('./import-command.ts');
      return runImport(parseFlags(rest, IMPORT_FLAGS, process.env), process.stderr);
    }
    case 'serve':
    case '':
      return serve(rest);
    default:
      if (first.startsWith('-')) return serve(argv);
      throw new UsageError(`unknown command ${JSON.stringify(first)}; see watchkeeper --help`);
  }
}

async function serve(argv: readonly string[]): Promise<number> {
  const flags = parseFlags(argv, SERVE_FLAGS, process.env, IGNORED_FLAGS);
  if (flags.positionals.length > 0) {
    throw new UsageError(`serve takes no arguments: ${flags.positionals.join(' ')}`);
  }
  const { runServe } = await import('./serve-command.ts');
  return runServe(flags);
}
