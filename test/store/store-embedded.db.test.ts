import { storeSuite } from './store-suite.ts';

storeSuite('embedded', async () => ({ overrides: {}, close: async () => undefined }));
