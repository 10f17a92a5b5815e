import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Router } from 'express';

/** Where the page has views of its own; which one, it finds out itself. */
const VIEWS = ['/', '/series', '/series/:id', '/batches', '/batches/:id', '/delivery', '/audit', '/sign-in'];

/**
 * The review page as it was bundled into a folder; undefined where it was not. Open to everybody: it is a shell that
 * asks for everything it shows.
 */
export function pageRouter(folder: string): Router | undefined {
  if (!existsSync(join(folder, 'index.html'))) return undefined;
  const router = express.Router();
  // Their names change with their contents.
  const assets = express.static(join(folder, 'assets'), {
    index: false,
    redirect: false,
    immutable: true,
    maxAge: '1y',
  });
  router.use('/assets', assets);
  router.get(VIEWS, (_request, response) => {
    response.setHeader('Cache-Control', 'no-cache');
    response.sendFile('index.html', { root: folder, cacheControl: false });
  });
  return router;
}
