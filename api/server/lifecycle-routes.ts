/** Health, reload and shutdown, at Prometheus' paths. */
import { Hono } from 'hono';

export interface Lifecycle {
  /** False while the program starts or stops. */
  isReady(): boolean;
  /** @throws Error with the text for the caller; the old configuration stays in force */
  reload(): Promise<void>;
  quit(): void;
}

export function lifecycleRoutes(lifecycle: Lifecycle, isEnabled: boolean): Hono {
  const app = new Hono();
  app.get('/-/healthy', (c) => c.text('Watchkeeper is Healthy.\n'));
  app.get('/-/ready', (c) =>
    lifecycle.isReady() ? c.text('Watchkeeper is Ready.\n') : c.text('Service Unavailable', 503),
  );
  app.on(['GET'], ['/-/reload', '/-/quit'], (c) =>
    c.text('Only POST or PUT requests allowed', 405),
  );
  app.on(['POST', 'PUT'], ['/-/reload', '/-/quit'], async (c) => {
    if (!isEnabled) return c.text('Lifecycle API is not enabled.', 403);
    if (c.req.path === '/-/quit') {
      lifecycle.quit();
      return c.text('Requesting termination... Goodbye!');
    }
    try {
      await lifecycle.reload();
      return c.body('', 200);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      return c.text(`failed to reload config: ${text}\n`, 500);
    }
  });
  return app;
}
