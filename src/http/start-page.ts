import express, { type Router } from 'express';

/** `GET /`: says what this is and where to look. Without data, because it is open to everybody. */
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
<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }</style>
</head>
<body>
<main>
<h1>CMR orientation node ${escaped(version)}</h1>
<p>This node receives cardiac MR series, brings short-axis series into the standard orientation, records why, and
forwards them. It is not a medical device.</p>
<ul>
<li><a href="/health/ready">/health/ready</a> whether it can accept and keep instances</li>
<li><a href="/metrics">/metrics</a> for Prometheus; from another machine with sign-in</li>
<li><a href="/api/v1/openapi.json">/api/v1/openapi.json</a> description of the programming interface</li>
<li>/api/v1/status state of receiving, deciding and delivering; with sign-in</li>
<li>/dicomweb/studies takes instances by STOW-RS; with sign-in</li>
</ul>
<p>Sign-in is by bearer token: the one that the node printed when it started, or one that its configuration names.
The page for reviewing decisions is not part of this version; decisions are in the report of
<code>cmr-node status</code>.</p>
</main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
