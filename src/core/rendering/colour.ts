import type { AttributeReader } from '../attributes/attribute-reader.ts';
import { type PixelLayout, readSamples } from '../pixels/pixel-layout.ts';
import { lookedUp, readLookupTable } from './lookup-table.ts';

/** Red, green and blue of a frame, eight bits each, by its Photometric Interpretation; undefined for one not known here. */
export function colourOf(
  header: AttributeReader,
  {
    layout,
    bytes,
    photometric,
  }: { readonly layout: PixelLayout; readonly bytes: Uint8Array; readonly photometric: string },
): Uint8Array | undefined {
  switch (photometric) {
    case 'PALETTE COLOR':
      return layout.samplesPerPixel === 1 ? fromPalette(header, layout, bytes) : undefined;
    case 'RGB':
    case 'YBR_FULL': {
      if (layout.samplesPerPixel !== 3 || layout.bytesPerSample !== 1) return undefined;
      const samples = layout.byPlane ? interleaved(bytes, layout) : bytes.slice(0, layout.byteLength);
      return photometric === 'RGB' ? samples : fromLuminance(samples);
    }
    default:
      return undefined;
  }
}

const CHANNELS = ['Red', 'Green', 'Blue'] as const;

function fromPalette(header: AttributeReader, layout: PixelLayout, bytes: Uint8Array): Uint8Array | undefined {
  const samples = readSamples(bytes, layout);
  const colours = new Uint8Array(samples.length * 3);
  for (const [channel, name] of CHANNELS.entries()) {
    const keywords = [`${name}PaletteColorLookupTableDescriptor`, `${name}PaletteColorLookupTableData`] as const;
    const table = readLookupTable(header, keywords, layout.signed);
    if (table === undefined) return undefined;
    for (let i = 0; i < samples.length; i++) {
      colours[i * 3 + channel] = (lookedUp(table, samples[i] as number) * 255) / table.greatest;
    }
  }
  return colours;
}

function interleaved(bytes: Uint8Array, { rows, columns }: PixelLayout): Uint8Array {
  const count = rows * columns;
  const samples = new Uint8Array(count * 3);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < count; i++) samples[i * 3 + channel] = bytes[channel * count + i] as number;
  }
  return samples;
}

/** PS3.3 C.7.6.3.1.2, solved for red, green and blue. */
function fromLuminance(samples: Uint8Array): Uint8Array {
  const colours = new Uint8ClampedArray(samples.length);
  for (let i = 0; i + 2 < samples.length; i += 3) {
    const [y, cb, cr] = [samples[i] as number, (samples[i + 1] as number) - 128, (samples[i + 2] as number) - 128];
    colours[i] = y + 1.402 * cr;
    colours[i + 1] = y - 0.344136 * cb - 0.714136 * cr;
    colours[i + 2] = y + 1.772 * cb;
  }
  return new Uint8Array(colours.buffer);
}
