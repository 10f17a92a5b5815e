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
  'ISO 2022 IR 13': 'shift_jis',
  'ISO 2022 IR 87': 'iso-2022-jp',
  'ISO 2022 IR 159': 'iso-2022-jp',
  'ISO 2022 IR 149': 'euc-kr',
  'ISO 2022 IR 58': 'gb18030',
};

const ESCAPE = 0x1b;

/**
 * Text for matching rules and for people; never written back. What cannot be decoded becomes U+FFFD.
 * Korean and Chinese code extensions keep their designator escape, which no rule looks at.
 */
export function decodeText(bytes: Uint8Array, characterSets: readonly string[]): string {
  if (bytes.every((byte) => byte < 0x80 && byte !== ESCAPE)) return Buffer.from(bytes).toString('latin1');
  const term = characterSets.find((name) => name !== '' && name !== 'ISO 2022 IR 6') ?? 'ISO_IR 100';
  const label = LABELS[term] ?? LABELS[term.replace('ISO 2022 IR ', 'ISO_IR ')] ?? 'latin1';
  return new TextDecoder(label).decode(bytes);
}
