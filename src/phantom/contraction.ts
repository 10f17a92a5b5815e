/** Parts of the cardiac cycle, from the R wave: end of systole, end of rapid filling, start of the atrial kick. */
const END_SYSTOLE = 0.36;
const END_RAPID_FILLING = 0.6;
const ATRIAL_KICK = 0.88;
/** What diastasis leaves for the atria to fill. */
const DIASTASIS = 0.12;

/** 0 at end diastole … 1 at end systole, for a phase of 0 … 1 of the cardiac cycle; periodic. */
export function contractionAt(phase: number): number {
  const time = phase - Math.floor(phase);
  if (time < END_SYSTOLE) return ramp(time / END_SYSTOLE);
  if (time < END_RAPID_FILLING) {
    return 1 - (1 - DIASTASIS) * ramp((time - END_SYSTOLE) / (END_RAPID_FILLING - END_SYSTOLE));
  }
  if (time < ATRIAL_KICK) return DIASTASIS;
  return DIASTASIS * (1 - ramp((time - ATRIAL_KICK) / (1 - ATRIAL_KICK)));
}

function ramp(x: number): number {
  return 0.5 - 0.5 * Math.cos(Math.PI * x);
}
