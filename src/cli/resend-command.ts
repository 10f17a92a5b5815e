import { Command, Option } from 'commander';
import { databaseOptions } from './database-commands.ts';
import { type ResendOptions, resendAgain } from './resend.ts';
import { beginning, end, seriesFilterOptions } from './series-filter-options.ts';

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
  const command = databaseOptions(new Command('resend'))
    .description('Sends again what a node has sent, or what waits at once. The node may be running.')
    .option('--since <date>', 'only series whose first instance was received on this day or later', beginning)
    .option('--until <date>', 'only those received on this day or before', end)
    .addOption(new Option('--state <state>', 'only these deliveries').choices(['delivered', 'pending', 'dead']))
    .option('--to <name>', 'to this destination instead')
    .option('--dry-run', 'list and count what would be sent; change nothing')
    .addOption(because('--reason <text>', 'why, for the audit trail (name no patient); required unless --dry-run'))
    .option('--by <name>', 'who, for the audit trail; without it the name of the user who runs this')
    .option('--json', 'as JSON')
    .action((options: ResendOptions) => finish(resendAgain(options)))
    .addHelpText('after', EXAMPLES);
  // Here `--to` is a destination, and `--state` tells deliveries apart one by one.
  return seriesFilterOptions(command, ['from', 'to', 'delivery']);
}

/** Among the options `reason` is the one of a decision. */
function because(flags: string, description: string): Option {
  const option = new Option(flags, description);
  option.attributeName = () => 'because';
  return option;
}
