/** Objects that name files of the machine that we run on. */

/** `bearer_token_file`, `ca_file`, `file_sd_configs` and all others of their kind. */
const FILE_FIELD = /_file$|^file_sd_configs$/;

/** Names of the fields that have a value, however deep. */
export function namedFiles(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(namedFiles);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const isNamed =
      FILE_FIELD.test(name) && inner !== undefined && !(Array.isArray(inner) && inner.length === 0);
    return isNamed ? [name] : namedFiles(inner);
  });
}

export function fileError(name: string): string {
  return `${name}: this cluster's objects may name no files`;
}
