import { type ObservedOrientation, ORIENTATION_CODES, observed } from '../orientation/d4.ts';
import type { HeaderOpinion } from '../orientation/header-opinion.ts';
import { angleUnder, relationOf, wrapDegrees } from '../orientation/relation.ts';
import type { SettledOpinion } from '../orientation/settled-frame.ts';
import { type Finding, settledOn } from './finding.ts';
import type { Flag } from './flags.ts';
import { bestOf, fuse, probabilityOf, type RankedCode } from './fusion.ts';
import type { PooledOpinion } from './pooling.ts';
import type { DecisionSettings, DecisionThresholds } from './thresholds.ts';

/** A stack whose picture was recognised and whose header strongly knows its side. */
export interface HeaderCase {
  readonly pooled: PooledOpinion;
  readonly header: HeaderOpinion;
  readonly settled: SettledOpinion | undefined;
  readonly positions: number;
  readonly thresholds: DecisionThresholds;
  readonly settings: DecisionSettings;
}

/** Half a quarter turn: where two neighbouring codes meet. */
const BORDER_ANGLE_DEGREES = 45;
/**
 * An honest header's angle is the picture's, but for the error of this; that of a header that was not turned with its
 * pixels is a quarter turn off. Further apart than half of it, the header is no judge between neighbours.
 */
const SAME_ANGLE_DEGREES = 45;

/**
 * The code lies a quarter turn from the header's, across a border that the header's or the picture's angle is close
 * to. The header's angle must lean towards the code, or the picture's towards the header: the anatomy as corrected by
 * the *other* opinion is then not far beyond 45°. Where both angles are known they must tell of the same anatomy.
 */
function acrossNearBorder(code: ObservedOrientation, { pooled, header, thresholds }: HeaderCase): boolean {
  if (relationOf(code, header.code) !== 'quarter-turn') return false;
  const limit = BORDER_ANGLE_DEGREES + thresholds.borderDegrees;
  const byHeader = angleUnder(header, code) ?? Number.NaN;
  if (pooled.angleDegrees === undefined || bestOf(pooled.probabilities).code !== code) {
    return Math.abs(byHeader) <= limit;
  }
  const byPicture = angleUnder({ code, angleDegrees: pooled.angleDegrees }, header.code) ?? Number.NaN;
  if (!(Math.abs(wrapDegrees(byPicture - header.angleDegrees)) <= SAME_ANGLE_DEGREES)) return false;
  return Math.min(Math.abs(byHeader), Math.abs(byPicture)) <= limit;
}

function contradicts(picture: RankedCode, stack: HeaderCase): boolean {
  if (stack.pooled.contradictory || !(picture.probability >= stack.thresholds.pictureSure)) return false;
  return picture.code !== stack.header.code && !acrossNearBorder(picture.code, stack);
}

/** An earlier series of the study chose the neighbour, and that one is not so far off as to do harm. */
function settledNeighbour({ header, settled, thresholds }: HeaderCase): ObservedOrientation | undefined {
  if (settled === undefined || relationOf(settled.code, header.code) !== 'quarter-turn') return undefined;
  const angle = angleUnder(header, settled.code);
  return angle !== undefined && Math.abs(angle) <= thresholds.harmDegrees ? settled.code : undefined;
}

/** On the right side and not far from *down* as it is stored, and no settled series asks for the neighbour. */
function isStandardEnough(code: ObservedOrientation, { header, settled, thresholds }: HeaderCase): boolean {
  return (
    header.side > 0 && Math.abs(header.identityAngleDegrees) <= thresholds.leaveAloneDegrees && settled?.code !== code
  );
}

/** Where picture and header leave no doubt. The header, which knows the angle, chooses between neighbours. */
function surelySeen(picture: RankedCode, stack: HeaderCase): Finding {
  const { header, positions, thresholds } = stack;
  const chosen = settledNeighbour(stack) ?? header.code;
  const flags: readonly Flag[] = picture.code === chosen ? [] : ['near-border'];
  if (chosen === '000' || isStandardEnough(chosen, stack)) return settledOn(observed('000'), flags);
  const agreed = picture.code === header.code && chosen === header.code;
  if (positions >= thresholds.minimumSlicePositions || agreed) return settledOn(chosen, flags);
  return { action: 'pass-through', reason: 'few-slices', flags: ['few-slices', ...flags], observedCode: picture.code };
}

function judge(fused: readonly number[], stack: HeaderCase): Finding {
  const { pooled, header, thresholds, settings } = stack;
  const picture = bestOf(pooled.probabilities);
  if (contradicts(picture, stack)) {
    const mirror = relationOf(picture.code, header.code) === 'mirror';
    return {
      action: settings.onContradiction,
      reason: 'contradiction',
      flags: mirror ? ['contradiction', 'possible-situs-variant'] : ['contradiction'],
      observedCode: picture.code,
    };
  }
  // A neighbour across a near border speaks for the header's code: which of the two it is, the header knows better.
  const codes = ORIENTATION_CODES.map((name) => observed(name)).filter(
    (code) => code === header.code || acrossNearBorder(code, stack),
  );
  const support = (probabilities: readonly number[]): number =>
    codes.reduce((sum, code) => sum + probabilityOf(probabilities, code), 0);
  const sure = support(fused) >= thresholds.fusedSure && support(pooled.probabilities) >= thresholds.reject;
  if (sure && !pooled.contradictory) return surelySeen(picture, stack);
  return { action: settings.onUncertain, reason: 'uncertain', flags: ['uncertain'], observedCode: bestOf(fused).code };
}

/**
 * DESIGN §4.4 where both opinions exist and the side is strong. The code that is acted on is always the header's or a
 * settled neighbour of it: so a mirror is only ever turned where the side asks for it.
 */
export function judgeWithHeader(stack: HeaderCase): Finding {
  const fused = fuse(stack.pooled.probabilities, stack.header.logPrior, stack.settled);
  return { ...judge(fused, stack), fused };
}
