/** Where tests look for it; the back-test of notifications uses it too. */
export { VirtualClock } from '../model/virtual-clock.ts';
