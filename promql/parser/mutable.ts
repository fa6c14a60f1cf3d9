/** Nodes while the parser is still at work on them. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
