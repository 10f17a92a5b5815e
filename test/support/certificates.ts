import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PEM files. */
export interface Identity {
  readonly keyFile: string;
  readonly certFile: string;
}

export interface IssueOptions {
  readonly subject?: string;
  /** Subject alternative names, as openssl writes them. */
  readonly names?: string;
  /** Another form of key, for example a short one: arguments of `openssl req -newkey`. */
  readonly newKey?: readonly string[];
  /** Over since yesterday. */
  readonly expired?: boolean;
}

/** An authority that nobody but a test trusts. */
export interface Authority {
  readonly caFile: string;
  issue(name: string, options?: IssueOptions): Promise<Identity>;
}

const EC_KEY = ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];

/** Made by openssl in a folder of the test. */
export async function certificateAuthority(openssl: string, folder: string, name = 'ca'): Promise<Authority> {
  const [caKey, caFile] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const request = ['req', '-x509', '-newkey', ...EC_KEY, '-nodes', '-days', '2', '-subj', `/CN=${name}`];
  await run(openssl, [...request, '-keyout', caKey, '-out', caFile]);
  const issue = async (who: string, options: IssueOptions = {}): Promise<Identity> => {
    const { subject = `/O=Hospital/CN=${who}`, names = 'DNS:localhost,IP:127.0.0.1', newKey = EC_KEY } = options;
    const at = (ending: string): string => join(folder, `${name}-${who}.${ending}`);
    const files = ['-keyout', at('key'), '-out', at('csr')];
    await run(openssl, ['req', '-newkey', ...newKey, '-nodes', '-subj', subject, ...files]);
    await writeFile(at('ext'), `subjectAltName=${names}\n`);
    const from = ['-in', at('csr'), '-CA', caFile, '-CAkey', caKey, '-CAcreateserial', '-extfile', at('ext')];
    // openssl x509 of version 3.0 cannot make a certificate of the past but by a negative number of days.
    await run(openssl, ['x509', '-req', ...from, '-days', options.expired === true ? '-1' : '2', '-out', at('pem')]);
    return { keyFile: at('key'), certFile: at('pem') };
  };
  return { caFile, issue };
}
