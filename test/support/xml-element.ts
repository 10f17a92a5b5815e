/** An element of an XML text, as far as the node writes XML: no comments, no processing instructions, no namespaces. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const TOKEN = /<(\/?)([A-Za-z][\w-]*)((?:\s+[A-Za-z][\w-]*="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;

/** @throws Error where the text is not one well-formed element */
export function parseXml(text: string): XmlElement {
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const stack = [root];
  let end = 0;
  for (const [token, closing, name = '', attributes = '', empty, words] of text.matchAll(TOKEN)) {
    const parent = stack.at(-1)!;
    end += token.length;
    if (words !== undefined) parent.text += unescaped(words);
    else if (closing === '/') {
      if (stack.pop()?.name !== name) throw new Error(`</${name}> closes what is not open`);
    } else {
      const child: Open = { name, attributes: attributesOf(attributes), children: [], text: '' };
      parent.children.push(child);
      if (empty === '') stack.push(child);
    }
  }
  const [only, ...more] = root.children;
  if (end !== text.length || stack.length !== 1 || more.length > 0 || root.text !== '' || only === undefined) {
    throw new Error(`not one well-formed element: ${text.slice(end, end + 80)}`);
  }
  return only;
}

interface Open extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, unescaped(value ?? '')]);
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) throw new Error('an attribute is there twice');
  return Object.fromEntries(pairs);
}

function unescaped(text: string): string {
  if (/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(text)) throw new Error('no XML character');
  return text.replace(/&(?:#(\d+);)?/g, (reference, code?: string) => {
    if (code === undefined) throw new Error(`${reference} is no reference`);
    return String.fromCodePoint(Number(code));
  });
}
