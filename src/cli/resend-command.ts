import { Command, InvalidArgumentError, Option } from 'commander';
import { databaseOptions } from './database-commands.ts';
import { type ResendOptions, resendAgain } from './resend.ts';

const EXAMPLES = `
Examples:
  cmr-node resend --since 2026-03-01 --until 2026-03-07 --destination pacs --dry-run
  cmr-node resend --since 2026-03-01 --until 2026-03-07 --destination pacs --reason "disk of the PACS was lost"
  cmr-node resend --destination old --to new --reason "move to the new archive"
  cmr-node resend --state pending --reason "the firewall is open again"
                                            what waits is tried at once

The same files go out under the same UIDs; what waits already is not queued twice. A running node sends them within
seconds, any other at its next start. Each series gets an entry in the audit trail.`;

/** `resend`: fills an archive again that has lost something. */
export function resendCommand(finish: (work: Promise<number>) => Promise<void>): Command {
  return databaseOptions(new Command('resend'))
    .description('Sends again what a node has sent, or what waits at once. The node may be running.')
    .option('--study <uid>', 'only this Study Instance UID')
    .option('--series <uid>', 'only this Series Instance UID, as received or as derived')
    .option('--since <date>', 'only series whose first instance was received on this day or later', beginning)
    .option('--until <date>', 'only those received on this day or before', end)
    .option('--scanner <ae>', 'only what this calling AE title sent')
    .option('--destination <name>', 'only what went, or is to go, to this destination')
    .addOption(new Option('--state <state>', 'only these deliveries').choices(['delivered', 'pending', 'dead']))
    .addOption(new Option('--decision <decision>', 'only series decided so').choices(['standardize', 'pass-through']))
    .option('--model-version <version>', 'only series decided with this version of a model')
    .option('--to <name>', 'to this destination instead')
    .option('--dry-run', 'list and count what would be sent; change nothing')
    .option('--reason <text>', 'why, for the audit trail (name no patient); required unless --dry-run')
    .option('--by <name>', 'who, for the audit trail; without it the name of the user who runs this')
    .option('--json', 'as JSON')
    .action((options: ResendOptions) => finish(resendAgain(options)))
    .addHelpText('after', EXAMPLES);
}

/** Milliseconds since 1970 UTC at which a day begins here, or of a time on it. */
function beginning(text: string): number {
  return dayAndTime(text).at;
}

/** The same for what is left out: the end of a day, or a time. */
function end(text: string): number {
  const { at, isDay } = dayAndTime(text);
  if (!isDay) return at;
  const next = new Date(at);
  return next.setDate(next.getDate() + 1);
}

function dayAndTime(text: string): { readonly at: number; readonly isDay: boolean } {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d))?$/.exec(text) ?? [];
  const date = new Date(`${day}T${time ?? '00:00'}`);
  // 30 February would silently be the 2nd of March.
  if (Number.isNaN(date.getTime()) || date.getDate() !== Number(day?.slice(8))) {
    throw new InvalidArgumentError('Write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM.');
  }
  return { at: date.getTime(), isDay: time === undefined };
}
