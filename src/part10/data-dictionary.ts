import { createRequire } from 'node:module';

/** What PS3.6 says of an attribute. */
export interface DictionaryEntry {
  readonly keyword: string;
  /** As PS3.6 has it; `US` stands for `US or SS`, which only Pixel Representation decides. */
  readonly vr: string;
  readonly isSignedByPixels: boolean;
}

interface Published {
  readonly tag: string;
  readonly vr: string;
  readonly name: string;
}

/** What the package writes where PS3.6 leaves a choice, in the form that Implicit VR has (PS3.5 A.1). */
const CHOSEN_VR: Readonly<Record<string, string>> = { ox: 'OW', lt: 'OW', xs: 'US', up: 'UL' };

interface Dictionary {
  readonly byTag: ReadonlyMap<number, DictionaryEntry>;
  readonly tags: ReadonlyMap<string, number>;
}
let dictionary: Dictionary | undefined;

function theDictionary(): Dictionary {
  dictionary ??= readDictionary();
  return dictionary;
}

/** The package brings no types, and all of PS3.6. */
function readDictionary(): Dictionary {
  const { data } = createRequire(import.meta.url)('dcmjs') as {
    readonly data: { readonly DicomMetaDictionary: { readonly nameMap: Readonly<Record<string, Published>> } };
  };
  const byTag = new Map<number, DictionaryEntry>();
  const tags = new Map<string, number>();
  for (const { tag, vr, name } of Object.values(data.DicomMetaDictionary.nameMap)) {
    const number = Number.parseInt(tag.replace(/[(),]/g, ''), 16);
    if (vr === 'na' || !Number.isSafeInteger(number)) continue;
    const keyword = name.replace(/^RETIRED_/, '');
    byTag.set(number, { keyword, vr: CHOSEN_VR[vr] ?? vr, isSignedByPixels: vr === 'xs' });
    tags.set(keyword, number);
  }
  return { byTag, tags };
}

/** The tag of a keyword of PS3.6; undefined for what is none. */
export function tagOfKeyword(keyword: string): number | undefined {
  return theDictionary().tags.get(keyword);
}

/** Undefined for private attributes and for what PS3.6 does not hold. Curves (50xx) and overlays (60xx) repeat. */
export function dictionaryEntry(tag: number): DictionaryEntry | undefined {
  const group = tag >>> 16;
  const repeats = (group & 0xff00) === 0x5000 || (group & 0xff00) === 0x6000;
  const listed = repeats && group % 2 === 0 ? (tag & 0xff00ffff) >>> 0 : tag;
  return theDictionary().byTag.get(listed);
}

/** The VR of an attribute that comes without one (PS3.5 A.1); UN where nobody can say. */
export function implicitVr(tag: number, pixelsAreSigned: boolean): string {
  const [group, element] = [tag >>> 16, tag & 0xffff];
  if (element === 0) return 'UL';
  if (group % 2 === 1) return element >= 0x10 && element <= 0xff ? 'LO' : 'UN';
  const entry = dictionaryEntry(tag);
  if (entry === undefined) return 'UN';
  return entry.isSignedByPixels && pixelsAreSigned ? 'SS' : entry.vr;
}
