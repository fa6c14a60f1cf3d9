import { describe, expect, test } from 'vitest';
import { IGNORED_FLAGS, SERVE_FLAGS } from './flag-table.ts';
import { helpText, parseFlags, UsageError } from './flags.ts';

function value(argv: readonly string[], name: string, env: Record<string, string> = {}) {
  return parseFlags(argv, SERVE_FLAGS, env, IGNORED_FLAGS).values.get(name);
}

describe('parseFlags', () => {
  test('a value stands behind = or in the next word', () => {
    expect(value(['--data=/x'], 'data')).toBe('/x');
    expect(value(['--data', '/x'], 'data')).toBe('/x');
  });

  test("Prometheus' names are other spellings of ours", () => {
    expect(value(['--storage.tsdb.path=/x'], 'data')).toBe('/x');
    expect(value(['--web.listen-address=:1'], 'listen')).toBe(':1');
  });

  test('the command line comes before the environment, that before the default', () => {
    expect(value([], 'data')).toBe('watchkeeper-data');
    expect(value([], 'data', { WATCHKEEPER_DATA: '/env' })).toBe('/env');
    expect(value(['--data=/x'], 'data', { WATCHKEEPER_DATA: '/env' })).toBe('/x');
  });

  test('a switch is on by its name, off by no- or =false', () => {
    expect(value(['--web.enable-admin-api'], 'web.enable-admin-api')).toBe('true');
    expect(value(['--web.enable-lifecycle=false'], 'web.enable-lifecycle')).toBe('false');
    expect(value(['--no-web.enable-lifecycle'], 'web.enable-lifecycle')).toBe('false');
  });

  test('flags of Prometheus without effect are taken and told', () => {
    const parsed = parseFlags(
      ['--web.console.libraries=/etc', '--storage.tsdb.wal-compression', 'x'],
      SERVE_FLAGS,
      {},
      IGNORED_FLAGS,
    );

    expect(parsed.ignored).toEqual(['web.console.libraries', 'storage.tsdb.wal-compression']);
  });

  test('an unknown flag is refused with the nearest known one', () => {
    expect(() => value(['--config'], 'data')).toThrow(UsageError);
    expect(() => value(['--memor=1'], 'data')).toThrow('did you mean --memory?');
    expect(() => value(['--data'], 'data')).toThrow('--data needs a value');
  });

  test('every flag has help', () => {
    for (const { name, help } of SERVE_FLAGS) {
      expect(helpText(SERVE_FLAGS)).toContain(`--${name}`);
      expect(help).toMatch(/[.]$/);
    }
  });
});
