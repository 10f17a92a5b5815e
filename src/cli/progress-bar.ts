import { Presets, SingleBar } from 'cli-progress';
import type { Progress } from '../folder/folder-context.ts';

export interface ProgressBar extends Progress {
  stop(): void;
}

/** A bar on standard error for a person who watches; nothing where no terminal is there to draw on. */
export function progressBar(terminal: NodeJS.WriteStream): ProgressBar {
  if (terminal.isTTY !== true) return { phase: () => undefined, step: () => undefined, stop: () => undefined };
  let bar: SingleBar | undefined;
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    phase(name, total) {
      stop();
      const format = `${name.padEnd(20)} {bar} {value}/{total}, {duration_formatted}`;
      bar = new SingleBar({ format, stream: terminal, hideCursor: true, fps: 5 }, Presets.shades_classic);
      bar.start(total, 0);
    },
    step: () => bar?.increment(),
    stop,
  };
}
