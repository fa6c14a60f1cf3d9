import { createTheme } from '@mantine/core';

const FONT =
  '"Inter Variable", "PingFang SC", "Microsoft YaHei", "Noto Sans SC", system-ui, sans-serif';

/** Dense: tables and charts are what people come for. */
export const THEME = createTheme({
  fontFamily: FONT,
  fontFamilyMonospace: 'ui-monospace, "JetBrains Mono Variable", Menlo, Consolas, monospace',
  headings: { fontFamily: FONT, fontWeight: '600' },
  primaryColor: 'blue',
  // White on it has the contrast that small text needs.
  primaryShade: 8,
  defaultRadius: 'sm',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  cursorType: 'pointer',
});
