import type { Request } from 'express';
import { parseMediaType } from './media-type.ts';

/** One media type that the asker takes (PS3.18 8.7.5). */
export interface Acceptable {
  /** The type itself, or of the parts; `*` where any will do. */
  readonly type: string;
  /** Undefined where the asker leaves open whether there are parts. */
  readonly multipart: boolean | undefined;
  readonly transferSyntax: string | undefined;
  readonly quality: number;
}

/** One form in which an answer could be given. */
export interface Offer {
  readonly type: string;
  readonly multipart: boolean;
  readonly transferSyntaxUid?: string;
  /** Given only where the asker names the transfer syntax, or says that any will do. */
  readonly onlyIfNamed?: boolean;
}

/** What the asker takes, best first: by the parameter `accept`, else by the header; anything where there is neither. */
export function acceptables(request: Request): readonly Acceptable[] {
  const asked = new URL(request.originalUrl, 'http://localhost').searchParams.get('accept');
  // In an address `+` is a blank.
  const list = asked?.replace(/(dicom) (json|xml)/g, '$1+$2') ?? request.headers.accept ?? '';
  const given = splitList(list).flatMap((one) => acceptable(one) ?? []);
  const all = list.trim() === '' ? [{ type: '*', multipart: undefined, transferSyntax: undefined, quality: 1 }] : given;
  return all.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality);
}

/** The first of the offers that fits what the asker likes best. */
export function chosenOffer<Form extends Offer>(
  accepted: readonly Acceptable[],
  offers: readonly Form[],
): Form | undefined {
  for (const one of accepted) {
    const offer = offers.find((each) => fits(one, each));
    if (offer !== undefined) return offer;
  }
  return undefined;
}

function fits({ type, multipart, transferSyntax }: Acceptable, offer: Offer): boolean {
  const group = offer.type.replace(/\/.*/, '/*');
  if (type !== '*' && type !== offer.type && type !== group) return false;
  if (multipart !== undefined && multipart !== offer.multipart) return false;
  if (transferSyntax === undefined) return type === '*' || offer.onlyIfNamed !== true;
  return transferSyntax === '*' || transferSyntax === offer.transferSyntaxUid;
}

function acceptable(text: string): Acceptable | undefined {
  const mediaType = parseMediaType(text);
  if (mediaType === undefined) return undefined;
  const { type, parameters } = mediaType;
  const quality = Number(parameters.get('q') ?? 1);
  const rest = { transferSyntax: parameters.get('transfer-syntax'), quality: Number.isFinite(quality) ? quality : 1 };
  if (type === '*/*') return { type: '*', multipart: undefined, ...rest };
  if (type !== 'multipart/related' && type !== 'multipart/*') return { type, multipart: false, ...rest };
  const parts = parameters.get('type')?.toLowerCase() ?? '*/*';
  return { type: parts === '*/*' ? '*' : parts, multipart: true, ...rest };
}

/** At commas that are not in quotes. */
function splitList(list: string): readonly string[] {
  return list.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? [];
}
