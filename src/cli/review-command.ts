import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { EdgeLetters } from '../api/words.ts';
import { ORIENTATION_CODES } from '../core/orientation/d4.ts';
import { REVIEW_ACTS, type ReviewAct } from '../core/review/review-acts.ts';
import { databaseOptions } from './database-commands.ts';
import { type ReviewOptions, review } from './review.ts';
import { seriesFilterOptions } from './series-filter-options.ts';

const EXAMPLES = `
Examples:
  cmr-node review put-back --series 1.2.3 --dry-run
  cmr-node review put-back --series 1.2.3 --reason "turned the wrong way"
  cmr-node review overrule --series 1.2.3 --code 011 --reason "upside down"
  cmr-node review trust-image --series 1.2.3 --dry-run
                                            tells the letters that the pictures will have: top, right, bottom, left
  cmr-node review trust-image --series 1.2.3 --letters A,L,F,R --reason "an old workstation turned it"

Each act goes on record with its reason and your name, and can be undone by a further one. Ends with 1 where it was not
possible for some series; these stay as they were.`;

/** `review`: what a person may do on the review page. */
export function reviewCommand(finish: (work: Promise<number>) => Promise<void>): Command {
  const command = databaseOptions(new Command('review'))
    .description('Approves, overrules, puts back or sends again series that are decided. The node may be running.')
    .addArgument(new Argument('<act>', 'what to do').choices(REVIEW_ACTS));
  return seriesFilterOptions(command, ['code'])
    .addOption(new Option('--code <code>', 'overrule: what the picture as received shows').choices(ORIENTATION_CODES))
    .option('--letters <letters>', 'trust-image: the letters that the pictures will have, as --dry-run tells', letters)
    .option('--dry-run', 'tell what would happen to each series; change nothing')
    .addOption(reason())
    .option('--by <name>', 'who, for the record; without it the name of the user who runs this')
    .option('--json', 'as JSON')
    .action((act: ReviewAct, options: ReviewOptions) => finish(review(act, options)))
    .addHelpText('after', EXAMPLES);
}

/** `reason` is the name of a filter. */
function reason(): Option {
  const option = new Option('--reason <text>', 'why, for the record (name no patient); required unless --dry-run');
  option.attributeName = () => 'because';
  return option;
}

function letters(text: string): EdgeLetters {
  const [top, right, bottom, left, ...more] = text.split(',').map((one) => one.trim().toUpperCase());
  if (!top || !right || !bottom || !left || more.length > 0) {
    throw new InvalidArgumentError('Write them as top,right,bottom,left: A,L,F,R');
  }
  return { top, right, bottom, left };
}
