/** Variables in external labels, by the rules of Go's `os.Expand`. */

/**
 * `$NAME` and `${NAME}` become what `lookup` says, `$$` a dollar sign. A `$` before anything else
 * stays; `${}` and an unclosed `${` vanish.
 */
export function expandEnv(text: string, lookup: (name: string) => string): string {
  return text.replace(
    /\$(?:\{([*#$@!?\-\d])\}|\{([^}]+)\}|(\{\}?)|([*#$@!?\-\d])|(\w+))/g,
    (_all, special?: string, braced?: string, broken?: string, single?: string, name?: string) => {
      if (broken !== undefined) return '';
      const variable = special ?? braced ?? single ?? name ?? '';
      return variable === '$' ? '$' : lookup(variable);
    },
  );
}
