import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { type ExportTensorsOptions, exportTensors } from './export-tensors.ts';

const EXAMPLES = `
Examples:
  cmr-node export-tensors pictures/ --out tensors/ --kind cine --mask leftVentricle=lv-endocardium
  cmr-node export-tensors scouts/ --out tensors/ --not-short-axis
  cmr-node export-tensors --phantoms 4000 --seed a --out tensors/
  cmr-node export-tensors pictures/ --out tensors/ --label-mask drawn \\
      --label-values leftVentricle=255,myocardium=170,rightVentricle=85

The folder holds labels.csv or index.csv, whose column file names PNG (grey), DICOM or NIfTI files, or folders of DICOM;
README.md lists the other columns. A folder of DICOM without such a table is labelled by its headers.`;

/** `export-tensors`: labelled pictures as the arrays that networks are trained on. */
export function exportTensorsCommand(finish: (work: Promise<number>) => Promise<void>): Command {
  const command = new Command('export-tensors')
    .description("Writes labelled pictures as NumPy arrays, made by the recogniser's own preprocessing, for training.")
    .addArgument(new Argument('[folder]', 'labelled pictures'))
    .option('--phantoms <n>', 'so many made-up pictures instead of a folder', wholeNumber)
    .option('--seed <text>', 'names the made-up people: another seed is another set of them', '1')
    .requiredOption('--out <folder>', 'new folder for the arrays')
    .option('--name <name>', "name of the data set; without it the folder's")
    .option('--overwrite', 'replace a folder of arrays that is there already')
    .option('--model <name>', 'preprocess for this model instead of the configured one')
    .option('--config <file>', "a site's configuration: rules, model");
  return labelledFolderOptions(command)
    .action((folder: string | undefined, options: ExportTensorsOptions) =>
      finish(exportTensors(folder, { ...options, overwrite: options.overwrite === true })),
    )
    .addHelpText('after', EXAMPLES);
}

/** What a person may say of a labelled folder, alike for every command that reads one. */
export function labelledFolderOptions(command: Command): Command {
  const kinds = ['cine', 'LGE', 'T2', 'other'];
  return command
    .option('--labels <file>', 'a labels table that is not in the folder')
    .addOption(new Option('--kind <kind>', 'of pictures whose row and header do not tell it').choices(kinds))
    .option('--code <code>', 'of pictures whose row does not tell it')
    .option('--not-short-axis', 'no picture is a short axis')
    .option('--mask <structure=folder>', 'PNGs named like the pictures, non-zero inside (repeatable)', collected)
    .option('--label-mask <folder>', 'PNGs named like the pictures, whose values name the structures')
    .option('--label-volume <name>', 'a NIfTI volume of such values beside each NIfTI volume')
    .option('--label-slice-offset <n>', 'slice k of the picture is slice k + n of the label volume')
    .option('--label-values <list>', 'structure=value,… of these labels; several values are joined by +');
}

/** @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is not a whole number.');
}

/** For an option that may be given several times. */
export function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
