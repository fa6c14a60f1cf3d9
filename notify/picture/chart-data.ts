/** What a picture of a chart shows. Values are in the unit that people see. */

export interface ChartSeries {
  /** What tells it from the others; '' when it is the only one. */
  readonly name: string;
  /** Unix milliseconds, ascending. */
  readonly timesMs: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** What a value is compared with: `>` and 90, or a range. */
export interface ChartThreshold {
  /** As people write it: `>`, `≥`, `<`, `≠`, … */
  readonly sign: string;
  /** One, or the two bounds of a range. */
  readonly values: readonly number[];
}

export interface ChartData {
  readonly title: string;
  /** Which object it is about. */
  readonly subtitle: string;
  readonly status: 'firing' | 'resolved';
  /** `critical` is red, `info` blue, all else orange. */
  readonly severity: string;
  /** Of the display: `%`, `B`, `s`; '' for none. */
  readonly unit: string;
  readonly threshold: ChartThreshold | undefined;
  readonly fromMs: number;
  readonly toMs: number;
  /** Samples that are further apart have a gap between them. */
  readonly stepMs: number;
  /** The first one is the one that the message is about. */
  readonly series: readonly ChartSeries[];
  /** When it fired, within the picture's time. */
  readonly bands: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly language: MessageLanguage;
  /** IANA name. */
  readonly timezone: string;
}

export type MessageLanguage = 'en' | 'zh-CN';
