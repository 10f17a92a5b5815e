/** A change of a data set as a value: it can be printed, recorded, tested and applied in one place. */
export type AttributeEdit =
  | { readonly op: 'set'; readonly tag: number; readonly vr: string; readonly value: AttributeValue }
  /** Appends one item and keeps the encoded items that are there. */
  | { readonly op: 'append-item'; readonly tag: number; readonly item: AttributeItem }
  | { readonly op: 'remove'; readonly tag: number };

export type AttributeValue =
  | { readonly strings: readonly string[] }
  | { readonly unsignedShorts: readonly number[] }
  | { readonly bytes: Uint8Array }
  | { readonly items: readonly AttributeItem[] };

/** A sequence item: new elements, elements copied as they are encoded, or a whole item's content ready encoded. */
export type AttributeItem = { readonly elements: readonly ItemElement[] } | { readonly encodedContent: Uint8Array };

export type ItemElement =
  | { readonly tag: number; readonly vr: string; readonly value: AttributeValue }
  | { readonly tag: number; readonly encoded: Uint8Array };
