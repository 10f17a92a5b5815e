import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

/** Readers of meshes: the viewer library names them, this page never calls them, and they ask for Node's modules. */
const withoutMeshReaders: Plugin = {
  name: 'without-mesh-readers',
  enforce: 'pre',
  resolveId: (source) => (source.startsWith('@kitware/vtk.js/IO/') ? '\0no-mesh-reader' : undefined),
  load: (id) => (id === '\0no-mesh-reader' ? 'export default undefined;' : undefined),
};

/** The review page: static files that need nothing but this node. Nothing is inlined, because its policy forbids it. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  publicDir: false,
  plugins: [withoutMeshReaders],
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
