/** The `watchkeeper` program: one command a file, chosen by the first word. */

import { setFlagsFromString } from 'node:v8';

const NODE_MAJOR_MIN = 22;
const NODE_MINOR_MIN = 18;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < NODE_MAJOR_MIN || (major === NODE_MAJOR_MIN && minor < NODE_MINOR_MIN)) {
  console.error(
    `watchkeeper needs Node.js ${NODE_MAJOR_MIN}.${NODE_MINOR_MIN} or newer, this is ${process.versions.node}: ` +
      'start it with npm start, which brings its own',
  );
  process.exit(1);
}

// Bodies and columns live outside of V8's heap. By default 64 MB of them ask for a collection of the
// whole heap, once a second under load; counted into the heap's own limit they do not.
setFlagsFromString('--external-memory-accounted-in-global-limit');

// The embedded engine's sessions work on libuv's threads, which files and name look-ups share: with
// the four there are by default, one long query could hold those up.
process.env['UV_THREADPOOL_SIZE'] ??= '16';

// Imported only now: an older runtime could not even read the rest.
const { main } = await import('./main.ts');
await main(process.argv.slice(2));
