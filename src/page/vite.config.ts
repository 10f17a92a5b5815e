import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The review page: static files that need nothing but this node. Nothing is inlined, because its policy forbids it. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: fileURLToPath(new URL('../../dist/page', import.meta.url)),
    emptyOutDir: true,
    target: ['chrome120', 'edge120', 'firefox121', 'safari17'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
    // The medical viewer is one large part, loaded only with the series view.
    chunkSizeWarningLimit: 8000,
  },
  logLevel: 'warn',
});
