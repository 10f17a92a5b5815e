// Written by models/training/fit_header.py on 2026-11-20; change it there.

/**
 * What geometry headers know about short axes. Data: the Sunnybrook short axes whose DICOM is at hand, all Sunnybrook
 * localizers, the long axis of a pig, and as a prior the ranges published with the definition of the standard picture
 * (9 human series, no |side| below 0.97).
 *
 * - SC-HF-I-01-sax-cine-rotated: code 110, side 0.995, +2.6 degrees
 * - SC-HF-I-02-sax-cine: code 000, side 1.000, +1.3 degrees
 * - SC-HF-I-04-sax-cine: code 000, side 1.000, +13.7 degrees
 * - mean frame of these: 6.1 degrees (SO(3)) from s and *down*; each lies 5.2, 4.9, 8.1 from it
 * - mean axis with the published series: 0.6 degrees from s, standard error 2.9: s stays
 * - in-plane centre between 4 sites: +6.3 degrees from *down*, standard error 17.3; an axial-like short axis stays
 *   standard while *down* turns counter-clockwise by less than 2.4: d stays
 * - no short axis: 759 localizers in 3 directions and 1 long axis; |side| 0.41, 0.60, 0.63, 0.66; nearest to the
 *   canonical frame 49 degrees (SO(3))
 * - axis by two planned long axes: 6.2 degrees off in the median, 11.4 in one of ten
 */
export const HEADER_MODEL = {
  /** From apex to base, LPS; not of length one. */
  apexToBase: [-0.63, 0.66, 0.41],
  /** Between inferior and posterior, LPS; not of length one. */
  down: [-0.2, 0.5, -0.85],
  /** Von Mises-Fisher concentration of the normals of short axes about `apexToBase`: 8.8°. */
  axisConcentration: 42.1,
  /** Spread of short axes about *down* in the plane, between sites and patients. */
  inPlaneSpreadDegrees: 31.5,
  /** Share of planes that are no short axis, or broken, among those that are asked for an opinion. Assumed. */
  noShortAxis: 0.1,
  /** Greatest |side| of a plane that is no short axis: a coronal scout. */
  greatestOtherSide: 0.66,
} as const;
