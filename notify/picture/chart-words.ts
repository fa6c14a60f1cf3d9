/** Words of pictures. */
import type { MessageLanguage } from './chart-data.ts';

interface ChartWords {
  readonly firing: string;
  readonly resolved: string;
}

export const CHART_WORDS: Readonly<Record<MessageLanguage, ChartWords>> = {
  en: { firing: 'firing', resolved: 'resolved' },
  'zh-CN': { firing: '告警中', resolved: '已恢复' },
};
