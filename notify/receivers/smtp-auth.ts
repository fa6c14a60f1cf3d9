/** Who we are to a mail server: a mechanism that it offers and that we have a secret for. */

/** In the words of Alertmanager's errors. */
export const AUTH_NAMES = {
  'CRAM-MD5': '*smtp.cramMD5Auth',
  PLAIN: '*smtp.plainAuth',
  LOGIN: '*email.loginAuth',
} as const;

export type AuthMechanism = keyof typeof AUTH_NAMES;

export interface SmtpLogin {
  readonly username: string;
  readonly identity: string;
  /** Of PLAIN and LOGIN; '' when there is none. */
  readonly password: string;
  /** Of CRAM-MD5; '' when there is none. */
  readonly secret: string;
}

/** The mechanisms of the last answer to EHLO, in the server's order; undefined: it knows no AUTH. */
export function offeredMechanisms(ehlo: string): readonly string[] | undefined {
  const line = /^\d+[ -]AUTH[ =](.*)$/im.exec(ehlo);
  return line?.[1]?.trim().toUpperCase().split(/\s+/);
}

/** The first that we can use; otherwise what each of them lacks. */
export function chooseMechanism(
  offered: readonly string[],
  { password, secret }: Pick<SmtpLogin, 'password' | 'secret'>,
): { readonly mechanism: AuthMechanism } | { readonly problem: string } {
  const problems: string[] = [];
  for (const name of offered) {
    if (!isKnown(name)) problems.push(`unknown auth mechanism: ${name}`);
    else if (name === 'CRAM-MD5' && secret === '') problems.push(missing('secret', name));
    else if (name !== 'CRAM-MD5' && password === '') problems.push(missing('password', name));
    else return { mechanism: name };
  }
  return { problem: problems.join('\n') };
}

function missing(what: string, mechanism: AuthMechanism): string {
  return `missing ${what} for ${mechanism} auth mechanism`;
}

function isKnown(name: string): name is AuthMechanism {
  return Object.hasOwn(AUTH_NAMES, name);
}
