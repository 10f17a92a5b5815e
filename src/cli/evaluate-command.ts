import { Argument, Command } from 'commander';
import { type EvaluateOptions, evaluate } from './evaluate.ts';
import { collected, labelledFolderOptions, wholeNumber } from './labelled-commands.ts';

const EXAMPLES = `
Examples:
  cmr-node evaluate reviewed/ --report evaluation.html
  cmr-node evaluate cine/ lge/ --model orientation-open --model orientation-research --report both.html
  cmr-node evaluate cine/ --subjects split.json:held-out --json evaluation.json
  cmr-node evaluate cine/ --predictions out-of-fold.jsonl --report cross-validation.html
  cmr-node evaluate scouts/ --not-short-axis
  cmr-node evaluate --phantoms 400 --report made-up.html

The folders hold labels.csv or index.csv, as for export-tensors. Pictures with geometry are decided with it and without.
A split is JSON, { part: { folder name: [subject, …] } }. Predictions are JSON lines,
{ "file": …, "probabilities": [8 in the order of the codes], "sax": …, "angleDegrees": … }.`;

/** `evaluate`: how good a model is on labelled pictures. */
export function evaluateCommand(finish: (work: Promise<number>) => Promise<void>): Command {
  const command = new Command('evaluate')
    .description('Measures recogniser and policy on labelled folders: how often right, how often harmful, how sure.')
    .addArgument(new Argument('[folders...]', 'labelled pictures'))
    .option('--model <name>', 'measure this model instead of the configured one (repeatable)', collected)
    .option('--predictions <file>', 'measure these predictions instead of a model')
    .option('--subjects <file:part>', 'only the subjects of one part of a split')
    .option('--phantoms <n>', 'also so many made-up pictures', wholeNumber)
    .option('--seed <text>', 'names the made-up people: another seed is another set of them', '1')
    .option('--turn-all', 'show every series under all eight codes, with geometry too')
    .option('--no-turn-all', 'show everything as it is stored only')
    .option('--report <file>', 'write an HTML report')
    .option('--json <file>', 'write every figure and every answer as JSON')
    .option('--config <file>', "a site's configuration: rules, thresholds, model")
    .option('--verbose', 'also tell which execution providers (cuda, webgpu) cannot be used, and why');
  return labelledFolderOptions(command)
    .action((folders: readonly string[], options: EvaluateOptions) => finish(evaluate(folders, options)))
    .addHelpText('after', EXAMPLES);
}
