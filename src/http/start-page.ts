import express, { type Router } from 'express';
import { escaped } from './plain-page.ts';

/** `GET /` where the review page was not built: says what this is and where to look. Without data: it is open to everybody. */
export function startPageRouter(version: string): Router {
  const router = express.Router();
  const page = startPage(version);
  router.get('/', (_request, response) => {
    response.type('html').send(page);
  });
  return router;
}

function startPage(version: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CMR orientation node</title>
<meta name="color-scheme" content="light dark">
</head>
<body>
<main>
<h1>CMR orientation node ${escaped(version)}</h1>
<p>This node receives cardiac MR series, brings short-axis series into the standard orientation, records why, and
forwards them. It is <strong>not a medical device</strong>.</p>
<dl>
<dt><a href="/health/ready">/health/ready</a></dt><dd>Can it accept and keep instances, and does it reach its archives?</dd>
<dt><a href="/metrics">/metrics</a></dt><dd>For Prometheus. From another machine with sign-in.</dd>
<dt><a href="/api/v1/openapi.json">/api/v1/openapi.json</a></dt><dd>Description of the programming interface.</dd>
<dt>/api/v1/status</dt><dd>What was received, decided and delivered, in numbers. With sign-in.</dd>
<dt>/dicomweb/studies</dt><dd>Takes instances by STOW-RS, and gives what is retained by QIDO-RS and WADO-RS. With sign-in.</dd>
</dl>
<p>To sign in, programs send <code>Authorization: Bearer TOKEN</code> with the token that the node printed when it
started, or one that its configuration names.</p>
<p>The page for reviewing decisions was not built here: <code>npm run build</code> does. On the node's machine
<code>cmr-node status</code> sums decisions up; the log has one line for each decided series.</p>
</main>
</body>
</html>
`;
}
