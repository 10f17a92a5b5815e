import type { FolderOutcome } from '../folder/standardize-folder.ts';

/** A folder may hold a thousand notes; the report names them all. */
const NAMED = 20;

/** What was done with a folder, for a person: series by series, and the sum of it in the last line. */
export function folderSummary(outcome: FolderOutcome, dryRun: boolean): string {
  const failures = [...new Set(outcome.failures)].map((why) => `The recogniser failed: ${why}`);
  return [...seriesLines(outcome), ...unreadLines(outcome), ...failures, lastLine(outcome, dryRun), ''].join('\n');
}

function seriesLines({ report, filesOfSeries }: FolderOutcome): string[] {
  return report.series.flatMap(({ seriesInstanceUid, kind, decision, reason, flags }, index) => {
    const [first = '', ...others] = filesOfSeries[index] ?? [];
    const files = others.length === 0 ? first : `${first} and ${others.length} more`;
    const name = seriesInstanceUid === null ? files : `${seriesInstanceUid} (${files})`;
    return [`${name}  ${kind}  ${decision}${flags.length === 0 ? '' : ` [${flags.join(', ')}]`}`, `    ${reason}`];
  });
}

function unreadLines({ report, unread }: FolderOutcome): string[] {
  if (unread === 0) return [];
  const lost = report.inputs.filter(({ reason, output }) => output === null && !reason.startsWith('dry run'));
  const named = lost.slice(0, NAMED).map(({ file, reason }) => `    ${file}: ${reason}`);
  const others = lost.length > NAMED ? [`    and ${lost.length - NAMED} more; the report names them`] : [];
  return ['Not written, because it could not be read:', ...named, ...others];
}

function lastLine({ report: { series, inputs }, unread }: FolderOutcome, dryRun: boolean): string {
  const turned = series.filter(({ decision }) => decision === 'standardize').length;
  const received = series.length - turned;
  const flagged = series.filter(({ flags }) => flags.some((flag) => flag !== 'observe')).length;
  const done = dryRun
    ? `${turned} would be turned, ${received} would pass as received`
    : `${turned} turned, ${received} as received`;
  const files = dryRun
    ? `dry run, nothing was written (${inputs.length} files were looked at)`
    : `${inputs.length - unread} files written`;
  const missing = unread === 0 ? '' : `, ${unread} could not be read`;
  return `${series.length} series: ${done}, ${flagged} flagged; ${files}${missing}.`;
}
