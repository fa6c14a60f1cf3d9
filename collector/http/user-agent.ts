import { VERSION } from '../../model/version.ts';

/** How we name ourselves to every server we ask. */
export const USER_AGENT = `Watchkeeper/${VERSION}`;
