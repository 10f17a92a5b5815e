import { z } from 'zod';
import { DECISION_KINDS, DECISION_REASONS } from '../core/decision/decision.ts';
import { FLAGS } from '../core/decision/flags.ts';
import { ORIENTATION_CODES } from '../core/orientation/d4.ts';
import { SEQUENCE_KINDS } from '../core/series/sequence-kind.ts';

/** Words that several parts of the interface share. */
export const code = z.enum(ORIENTATION_CODES);
export const kind = z.enum(SEQUENCE_KINDS);
export const decisionKind = z.enum(DECISION_KINDS);
export const decisionReason = z.enum(DECISION_REASONS);
export const flag = z.enum(FLAGS);
export const mode = z.enum(['observe', 'standardize']);
export const method = z.enum(['reorient', 'relabel']);
export const moment = z.iso.datetime();
export const id = z.int().min(1);
/** DICOM UIDs as they came: broken ones exist. */
export const uid = z.string();

/** Who may: each role may all that the one before it may. */
export const ROLES = ['viewer', 'reviewer', 'administrator'] as const;
export const role = z.enum(ROLES);
export type Role = z.infer<typeof role>;

/** Why a person acted: kept in the audit trail for good. */
export const because = z.string().trim().min(3).max(500).describe('Why, in plain words; it names no patient');

/** Letters at the four edges of a picture: R L A P H F, the strongest direction first (PS3.3 C.7.6.1.1.1). */
export const edgeLetters = z.object({ top: z.string(), right: z.string(), bottom: z.string(), left: z.string() });
export type EdgeLetters = z.infer<typeof edgeLetters>;

/** One page of a list that goes on after `next`. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable().describe('The cursor of the next page') });
}

export const limit = z.coerce.number().int().min(1).max(500);
export const cursor = z.string().max(500);
