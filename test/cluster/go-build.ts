/** Programs of the small Go modules beside this file, built once and kept outside the checkout. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildCacheFolder, KUBERNETES_VERSION } from './settings.ts';

const VERSION_PACKAGE = 'k8s.io/component-base/version';

export const GO_MISSING = 'go is not on PATH: Kubernetes is built from its Go module';

/** A folder beside this file; its program has its name. */
export type GoModule = 'kubernetes' | 'pause';

/** Flags for the linker that tell a program its version. */
const VERSION_FLAGS: Readonly<Record<GoModule, readonly string[]>> = {
  kubernetes: versionFlags(KUBERNETES_VERSION),
  pause: [],
};

/** Undefined when there is none. */
export function goVersion(): string | undefined {
  try {
    return execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8', cwd: '/' }).trim();
  } catch {
    return undefined;
  }
}

/**
 * The path of the module's program; built when this source and compiler have not been built yet.
 * The first build of `kubernetes` takes several minutes.
 */
export async function buildGoProgram(name: GoModule): Promise<string> {
  const version = goVersion();
  if (version === undefined) throw new Error(GO_MISSING);
  const source = resolve(import.meta.dirname, name);
  const linkerFlags = ['-s', '-w', ...VERSION_FLAGS[name]].join(' ');
  const hash = createHash('sha256').update(version).update(linkerFlags);
  for (const file of readdirSync(source).sort()) hash.update(readFileSync(join(source, file)));

  const folder = join(buildCacheFolder(), `${name}-${hash.digest('hex').slice(0, 16)}`);
  const program = join(folder, name);
  if (existsSync(program)) return program;
  console.log(`building ${name} with ${version} into ${folder}`);
  mkdirSync(folder, { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  await run('go', ['build', '-trimpath', '-ldflags', linkerFlags, '-o', unfinished, '.'], source);
  renameSync(unfinished, program);
  return program;
}

function versionFlags(version: string): readonly string[] {
  const [major, minor] = version.slice(1).split('.');
  const variables = {
    gitVersion: version,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: 'clean',
  };
  return Object.entries(variables).map(([name, value]) => `-X ${VERSION_PACKAGE}.${name}=${value}`);
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
