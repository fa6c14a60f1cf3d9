/** A state as icon and word, never by colour alone. */
const KINDS = {
  good: ['✓', 'wk-good'],
  warn: ['▲', 'wk-warn'],
  bad: ['●', 'wk-bad'],
  unknown: ['?', ''],
} as const;

export function StatusWord(props: { readonly kind: keyof typeof KINDS; readonly word: string }) {
  const [icon, style] = KINDS[props.kind];
  return (
    <span className={style}>
      <span aria-hidden="true">{icon} </span>
      {props.word}
    </span>
  );
}
