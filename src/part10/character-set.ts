/** Specific Character Set (0008,0005) defined terms (PS3.3 C.12.1.1.2) and their names in the Encoding Standard. */
const LABELS: Readonly<Record<string, string>> = {
  'ISO_IR 100': 'latin1',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'windows-1254',
  'ISO_IR 203': 'iso-8859-15',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
  'ISO 2022 IR 87': 'latin1',
  'ISO 2022 IR 159': 'latin1',
  'ISO 2022 IR 149': 'euc-kr',
  'ISO 2022 IR 58': 'gb18030',
};

/** What an escape sequence designates (PS3.3 C.12.1.1.2), without ESC; `euc-jp` sets are of two bytes below 0x80. */
const DESIGNATED: readonly (readonly [sequence: string, label: string])[] = [
  ['$)C', 'euc-kr'],
  ['$)A', 'gb18030'],
  ['$(D', 'jis-x-0212'],
  ['$B', 'jis-x-0208'],
  ['$@', 'jis-x-0208'],
  [')I', 'shift_jis'],
  ['-A', 'latin1'],
  ['-B', 'iso-8859-2'],
  ['-C', 'iso-8859-3'],
  ['-D', 'iso-8859-4'],
  ['-L', 'iso-8859-5'],
  ['-G', 'iso-8859-6'],
  ['-F', 'iso-8859-7'],
  ['-H', 'iso-8859-8'],
  ['-M', 'windows-1254'],
  ['-b', 'iso-8859-15'],
  ['-T', 'windows-874'],
];
/** Back to ASCII or its Japanese twin; what was designated for bytes from 0x80 on stays. */
const LOWER_HALF = /^\([BJ]/;

const ESCAPE = 0x1b;

/** Text for matching rules and for people; never written back. What cannot be decoded becomes U+FFFD. */
export function decodeText(bytes: Uint8Array, characterSets: readonly string[]): string {
  if (bytes.every((byte) => byte < 0x80 && byte !== ESCAPE)) return Buffer.from(bytes).toString('latin1');
  const term = characterSets.find((name) => name !== '' && name !== 'ISO 2022 IR 6') ?? 'ISO_IR 100';
  const label = LABELS[term] ?? LABELS[term.replace('ISO 2022 IR ', 'ISO_IR ')] ?? 'latin1';
  return bytes.includes(ESCAPE) ? decodeExtended(bytes, label) : new TextDecoder(label).decode(bytes);
}

/** Code extension by ISO 2022 (PS3.5 6.1.2.5): each run is in what the escape sequence before it designates. */
function decodeExtended(bytes: Uint8Array, initial: string): string {
  const [first = '', ...runs] = Buffer.from(bytes).toString('latin1').split('\x1b');
  let upperHalf = initial;
  const decoded = runs.map((run) => {
    if (LOWER_HALF.test(run)) return decodeRun(run.slice(2), upperHalf);
    const [sequence, label] = DESIGNATED.find(([start]) => run.startsWith(start)) ?? ['', upperHalf];
    if (!label.startsWith('jis')) upperHalf = label;
    return decodeRun(run.slice(sequence.length), label);
  });
  return decodeRun(first, initial) + decoded.join('');
}

function decodeRun(run: string, label: string): string {
  const bytes = Buffer.from(run, 'latin1');
  if (label === 'jis-x-0208') return new TextDecoder('euc-jp').decode(bytes.map((byte) => byte | 0x80));
  if (label !== 'jis-x-0212') return new TextDecoder(label).decode(bytes);
  // EUC-JP writes JIS X 0212 with a third byte in front (code set 3).
  const withShift = [...bytes].flatMap((byte, i) => (i % 2 === 0 ? [0x8f, byte | 0x80] : [byte | 0x80]));
  return new TextDecoder('euc-jp').decode(Uint8Array.from(withShift));
}
