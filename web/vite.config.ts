import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Of the program that serves the API while the application is worked on. */
const API = process.env['WATCHKEEPER_URL'] ?? 'http://127.0.0.1:9090';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    target: 'es2022',
    // The oldest that know light-dark(), which the themes are made of.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    outDir: 'dist',
    emptyOutDir: true,
    // The charts are that large, and loaded when a page has one.
    chunkSizeWarningLimit: 700,
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        manualChunks: (id) => {
          if (/node_modules\/(echarts|zrender)\//.test(id)) return 'charts';
          if (/node_modules\/(@codemirror|@lezer|@prometheus-io)\//.test(id)) return 'promql';
          return undefined;
        },
      },
    },
  },
  server: { proxy: { '/api': API, '/metrics': API } },
});
