/** Text that is HTML already. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | readonly Markup[] | undefined;

/** HTML of a template: what is put into it is escaped, unless it is markup itself; undefined is nothing. */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: String.raw({ raw: template }, ...parts.map(markupOf)) };
}

function markupOf(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A table whose first column names the row; other cells are right-aligned numbers unless they are markup. */
export function table(
  heading: readonly (string | Markup)[],
  rows: readonly (readonly (string | Markup)[])[],
  caption?: string,
): Markup {
  const cell = (content: string | Markup, i: number): Markup =>
    i === 0 ? html`<th scope="row">${content}</th>` : html`<td>${content}</td>`;
  return html`<div class="scroll"><table>${caption === undefined ? undefined : html`<caption>${caption}</caption>`}
<thead><tr>${heading.map((content) => html`<th scope="col">${content}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody></table></div>`;
}
