#!/usr/bin/env node
import { outliveReaders } from './closed-pipe.ts';
import { runCommand } from './program.ts';

outliveReaders([process.stdout, process.stderr]);
process.exitCode = await runCommand(process.argv.slice(2));
