import { Alert, Button, Stack } from '@mantine/core';
import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

/** A page that broke says why; the others go on. */
export function FailedPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  return (
    <Alert color="red" title={t('state.failed')} role="alert">
      <Stack align="start">
        <code className="wk-code">{error instanceof Error ? error.message : String(error)}</code>
        <Button size="xs" variant="default" onClick={reset}>
          {t('state.retry')}
        </Button>
      </Stack>
    </Alert>
  );
}

export function UnknownPage() {
  const { t } = useTranslation();
  return (
    <Alert color="gray" title="404">
      <Link to="/">{t('nav.overview')}</Link>
    </Alert>
  );
}
