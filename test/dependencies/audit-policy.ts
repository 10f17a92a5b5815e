import { z } from 'zod';

/** What npm audit tells with --json, as far as it is looked at (auditReportVersion 2). */
const report = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(
    z.string(),
    z.object({
      via: z.array(
        z.union([z.string(), z.object({ name: z.string(), title: z.string(), url: z.string(), severity: z.string() })]),
      ),
    }),
  ),
});

/** An advisory that is lived with for a while. */
const accepted = z.strictObject({
  /** Such as GHSA-xxxx-xxxx-xxxx: the end of the advisory's address. */
  advisory: z.string().min(1),
  /** Why it does no harm here, or what is waited for. */
  reason: z.string().min(20),
  /** The last day on which it is accepted. */
  until: z.iso.date(),
});
export const acceptedAdvisories = z.array(accepted);
export type AcceptedAdvisory = z.infer<typeof accepted>;

export interface Advisory {
  readonly id: string;
  readonly package: string;
  readonly severity: string;
  readonly title: string;
}

export type Verdict =
  /** The registry gave no answer: nothing is known. */
  | { readonly known: false; readonly why: string }
  | {
      readonly known: true;
      /** High or critical, and accepted by nobody: the change does not pass. */
      readonly refused: readonly Advisory[];
      readonly accepted: readonly Advisory[];
      /** Told, and no more. */
      readonly lesser: readonly Advisory[];
      /** Accepted without need any more, or for too long. */
      readonly stale: readonly AcceptedAdvisory[];
    };

const GRAVE = ['high', 'critical'];

/**
 * @param text standard output of npm audit --json
 * @param today such as 2026-11-21
 */
export function judgeAudit(text: string, list: readonly AcceptedAdvisory[], today: string): Verdict {
  const answer = parsed(text);
  const { success, data } = report.safeParse(answer);
  if (!success) return { known: false, why: whyNot(answer) };
  const found = advisoriesOf(data);
  const holds = list.filter(({ until }) => until >= today).map(({ advisory }) => advisory);
  const grave = found.filter(({ severity }) => GRAVE.includes(severity));
  return {
    known: true,
    refused: grave.filter(({ id }) => !holds.includes(id)),
    accepted: grave.filter(({ id }) => holds.includes(id)),
    lesser: found.filter(({ severity }) => !GRAVE.includes(severity)),
    stale: list.filter(({ advisory, until }) => until < today || !found.some(({ id }) => id === advisory)),
  };
}

function advisoriesOf({ vulnerabilities }: z.infer<typeof report>): readonly Advisory[] {
  const all = Object.values(vulnerabilities).flatMap(({ via }) => via.filter((one) => typeof one !== 'string'));
  const byId = all.map(({ name, title, url, severity }): [string, Advisory] => {
    const id = url.split('/').at(-1) ?? url;
    return [id, { id, package: name, severity, title }];
  });
  return [...new Map(byId).values()];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function whyNot(answer: unknown): string {
  const { success, data } = z.object({ message: z.string() }).safeParse(answer);
  return success ? data.message : 'npm audit gave no report';
}
