import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import './app/app.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { createQueryClient } from './api/query-client.ts';
import { styleNonce } from './app/page-settings.ts';
import { createAppRouter } from './app/router.tsx';
import { THEME } from './app/theme.ts';
import { createI18n } from './i18n/i18n.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no element #root');
const i18n = await createI18n();
const queryClient = createQueryClient();
const router = createAppRouter(queryClient);

createRoot(root).render(
  <StrictMode>
    <I18nextProvider i18n={i18n}>
      <MantineProvider theme={THEME} defaultColorScheme="auto" getStyleNonce={styleNonce}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </I18nextProvider>
  </StrictMode>,
);
