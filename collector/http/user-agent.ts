import packageJson from '../../package.json' with { type: 'json' };

/** How we name ourselves to every server we ask. */
export const USER_AGENT = `Watchkeeper/${packageJson.version}`;
