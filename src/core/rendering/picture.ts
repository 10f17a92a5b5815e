/** Something to look at: eight bits a sample, row by row. */
export interface Picture {
  readonly columns: number;
  readonly rows: number;
  /** Grey, or red, green, blue. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** A part of a picture, in pixels from its upper left corner; turned over where a size is negative. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The region in so many columns and rows, interpolated linearly between the centres of pixels. */
export function resampled(
  picture: Picture,
  region: Region,
  size: { readonly columns: number; readonly rows: number },
): Picture {
  const { channels, data } = picture;
  const across = places(region.x, region.width, { to: size.columns, of: picture.columns });
  const down = places(region.y, region.height, { to: size.rows, of: picture.rows });
  const result = new Uint8Array(size.columns * size.rows * channels);
  let at = 0;
  for (let row = 0; row < size.rows; row++) {
    const upper = (down.first[row] as number) * picture.columns;
    const lower = (down.second[row] as number) * picture.columns;
    const v = down.fraction[row] as number;
    for (let column = 0; column < size.columns; column++) {
      const left = across.first[column] as number;
      const right = across.second[column] as number;
      const u = across.fraction[column] as number;
      for (let channel = 0; channel < channels; channel++) {
        const sample = (place: number): number => data[place * channels + channel] as number;
        const above = sample(upper + left) * (1 - u) + sample(upper + right) * u;
        const below = sample(lower + left) * (1 - u) + sample(lower + right) * u;
        result[at++] = above * (1 - v) + below * v + 0.5;
      }
    }
  }
  return { ...size, channels, data: result };
}

interface Places {
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  /** How near the second is. */
  readonly fraction: Float64Array;
}

/** Between which two pixels of the source each pixel of the result lies, along one axis. */
function places(start: number, length: number, { to, of }: { readonly to: number; readonly of: number }): Places {
  const first = new Uint32Array(to);
  const second = new Uint32Array(to);
  const fraction = new Float64Array(to);
  // A negative length begins at the far end.
  const origin = length < 0 ? start - length : start;
  for (let i = 0; i < to; i++) {
    const centre = origin + ((i + 0.5) / to) * length - 0.5;
    const place = Math.min(Math.max(centre, 0), of - 1);
    first[i] = Math.floor(place);
    second[i] = Math.min(Math.floor(place) + 1, of - 1);
    fraction[i] = place - Math.floor(place);
  }
  return { first, second, fraction };
}
