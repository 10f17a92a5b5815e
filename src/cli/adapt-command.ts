import { Argument, Command, InvalidArgumentError } from 'commander';
import { type AdaptOptions, adapt } from './adapt.ts';
import { labelledFolderOptions } from './labelled-commands.ts';

const NOTES = `
Examples:
  cmr-node adapt reviewed/ --out models/ward-3
  cmr-node adapt pictures/ --out models/ward-3 --kind LGE --subjects-held-back 0.3 --seed 7

The folder is a labelled folder, as for export-tensors; whole subjects train, choose and measure. Nothing that is there is
changed: the new model is written beside the others, and a line of configuration is printed that would choose it. A model
that is not better than its base on the subjects held back is not kept. Needs Python 3 with PyTorch, NumPy and SciPy.`;

/** `adapt`: a model fine-tuned on a site's own series. */
export function adaptCommand(finish: (work: Promise<number>) => Promise<void>): Command {
  const command = new Command('adapt')
    .description("Trains a copy of a model further on a site's own labelled series, and measures it beside the model.")
    .addArgument(new Argument('<folder>', 'labelled pictures of the site'))
    .requiredOption('--out <folder>', 'new folder of the new model, whose name is its last part')
    .option('--base <name>', 'the model to begin with, by name or folder; without it the configured one')
    .option('--subjects-held-back <share>', 'of the subjects, which only measure', share, 0.25)
    .option('--steps <n>', 'of training: half of them the heads alone, half everything', count, 400)
    .option('--seed <n>', 'decides who trains and who measures, and all chance of the training', count, 1)
    .option('--python <program>', 'Python 3 with PyTorch', 'python3')
    .option('--keep-anyway', 'keep the new model though it is not better than its base')
    .option('--config <file>', "a site's configuration: rules, models");
  return labelledFolderOptions(command)
    .action((folder: string, options: AdaptOptions) =>
      finish(adapt(folder, { ...options, keepAnyway: options.keepAnyway === true })),
    )
    .addHelpText('after', NOTES);
}

function share(text: string): number {
  const value = Number(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError('It is not a number between 0 and 1.');
}

function count(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is not a whole number.');
}
