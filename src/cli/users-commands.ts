import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { NodeError } from '../core/errors.ts';
import { hashPassword } from '../http/sign-in/passwords.ts';
import { randomToken, sha256 } from '../http/sign-in/tokens.ts';
import { EXIT } from './exit-codes.ts';

/** NIST SP 800-63B 5.1.1.1: length is what counts. */
const LEAST_CHARACTERS = 12;
const MOST_CHARACTERS = 1024;

/** `cmr-node users`: what the configuration names people and machines by. Neither reads nor writes a configuration. */
export function usersCommand(
  finish: (work: Promise<number>) => Promise<void>,
  taught: (command: Command, path: string) => Command,
) {
  const hash = new Command('hash')
    .description('Reads a password, from the terminal without showing it or from standard input, and prints its hash.')
    .action(() => finish(printHash()));
  const token = new Command('token')
    .description('Makes a random token and prints it, for the machine, with its SHA-256, for the configuration.')
    .action(() => finish(printToken()));
  return new Command('users')
    .description('users hash: a password for the configuration. users token: a token for a machine.')
    .addCommand(taught(hash, 'users hash'))
    .addCommand(taught(token, 'users token'));
}

async function printHash(): Promise<number> {
  const password = process.stdin.isTTY ? await askedTwice() : (await text(process.stdin)).replace(/\r?\n$/, '');
  process.stdout.write(`${await hashPassword(checked(password))}\n`);
  return EXIT.ok;
}

async function printToken(): Promise<number> {
  const token = randomToken();
  process.stdout.write(`token        ${token}\ntokenSha256  ${sha256(token).toString('hex')}\n`);
  return EXIT.ok;
}

function checked(password: string): string {
  const fault =
    password.length < LEAST_CHARACTERS
      ? `must have at least ${LEAST_CHARACTERS} characters`
      : password.length > MOST_CHARACTERS
        ? `must have at most ${MOST_CHARACTERS} characters`
        : password !== password.trim() || password.includes('\n')
          ? 'must be one line without blanks at its ends'
          : undefined;
  if (fault !== undefined) throw new NodeError('bad-request', `the password ${fault}`);
  return password;
}

async function askedTwice(): Promise<string> {
  const first = checked(await askedUnseen('Password: '));
  if (first !== (await askedUnseen('Again: '))) throw new NodeError('bad-request', 'the two are not the same');
  return first;
}

/** One line from the terminal that does not show there. Prompts go to standard error: the hash alone is the output. */
function askedUnseen(prompt: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const line = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stderr.write(prompt);
  return new Promise((resolve, reject) => {
    line.once('line', resolve);
    line.once('SIGINT', () => reject(new NodeError('bad-request', 'interrupted')));
    line.once('close', () => reject(new NodeError('bad-request', 'no password was given')));
  }).finally(() => {
    line.close();
    process.stderr.write('\n');
  }) as Promise<string>;
}
