import type { Response } from 'express';

/** A page without script or style, for the few places where a browser comes by itself. */
export interface PlainPage {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** Where it leads, by itself where nothing is to be read. */
  readonly link: { readonly href: string; readonly text: string; readonly follow?: boolean };
}

export function sendPlainPage(response: Response, { status, title, text, link }: PlainPage): void {
  const refresh = link.follow === true ? `<meta http-equiv="refresh" content="0; url=${escaped(link.href)}">\n` : '';
  response
    .status(status)
    .type('html')
    .send(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${refresh}<title>${escaped(title)}</title>
</head>
<body>
<h1>${escaped(title)}</h1>
<p>${escaped(text)}</p>
<p><a href="${escaped(link.href)}">${escaped(link.text)}</a></p>
</body>
</html>
`);
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
