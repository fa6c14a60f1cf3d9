/** Programs of the small Go modules beside this file, built once and kept outside the checkout. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildCacheFolder, KUBE_STATE_METRICS_VERSION, KUBERNETES_VERSION } from './settings.ts';

export const GO_MISSING = 'go is not on PATH: Kubernetes is built from its Go module';

/** A folder beside this file; its program has its name. */
export type GoModule = 'kubernetes' | 'pause' | 'coredns' | 'kube-state-metrics';

interface BuildSpec {
  /** The module's own package when not said. */
  readonly packagePath?: string;
  /** Variables that the linker sets, by which a program knows its version. */
  readonly variables?: Readonly<Record<string, string>>;
}

const KUBERNETES_PARTS = KUBERNETES_VERSION.slice(1).split('.');

const BUILDS: Readonly<Record<GoModule, BuildSpec>> = {
  kubernetes: {
    variables: {
      'k8s.io/component-base/version.gitVersion': KUBERNETES_VERSION,
      'k8s.io/component-base/version.gitMajor': KUBERNETES_PARTS[0] ?? '',
      'k8s.io/component-base/version.gitMinor': KUBERNETES_PARTS[1] ?? '',
      'k8s.io/component-base/version.gitTreeState': 'clean',
    },
  },
  pause: {},
  coredns: {},
  'kube-state-metrics': {
    packagePath: 'k8s.io/kube-state-metrics/v2',
    variables: { 'github.com/prometheus/common/version.Version': KUBE_STATE_METRICS_VERSION },
  },
};

/** Undefined when there is none. */
export function goVersion(): string | undefined {
  try {
    return execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8', cwd: '/' }).trim();
  } catch {
    return undefined;
  }
}

/** The path of the module's program if this source and compiler have been built, else undefined. */
export function builtProgram(name: GoModule): string | undefined {
  const version = goVersion();
  if (version === undefined) return undefined;
  const { program } = buildPlan(name, version);
  return existsSync(program) ? program : undefined;
}

/**
 * The path of the module's program; built when this source and compiler have not been built yet.
 * The first build of `kubernetes` takes several minutes.
 */
export async function buildGoProgram(name: GoModule): Promise<string> {
  const version = goVersion();
  if (version === undefined) throw new Error(GO_MISSING);
  const { source, linkerFlags, folder, program } = buildPlan(name, version);
  if (existsSync(program)) return program;
  console.log(`building ${name} with ${version} into ${folder}`);
  mkdirSync(folder, { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  const flags = ['-trimpath', '-ldflags', linkerFlags, '-o', unfinished];
  await run('go', ['build', ...flags, BUILDS[name].packagePath ?? '.'], source);
  renameSync(unfinished, program);
  return program;
}

/** What is built from what, and where to. */
function buildPlan(name: GoModule, version: string) {
  const source = resolve(import.meta.dirname, name);
  const { variables = {} } = BUILDS[name];
  const settings = Object.entries(variables).map(([variable, value]) => `-X ${variable}=${value}`);
  const linkerFlags = ['-s', '-w', ...settings].join(' ');
  const hash = createHash('sha256').update(version).update(linkerFlags);
  for (const file of readdirSync(source).sort()) hash.update(readFileSync(join(source, file)));
  const folder = join(buildCacheFolder(), `${name}-${hash.digest('hex').slice(0, 16)}`);
  return { source, linkerFlags, folder, program: join(folder, name) };
}

async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' };
  const child = spawn(command, [...args], { stdio: 'inherit', cwd, env });
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('exit', done);
  });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: exit code ${code}`);
}
