import { join, resolve } from 'node:path';
import type { Config } from '../config/config-schema.ts';
import { loadConfig } from '../config/load-config.ts';
import { createLog } from '../log.ts';
import { type RunningNode, startNode } from '../node/node.ts';
import { PRODUCT_NAME, SOFTWARE_VERSION } from '../version.ts';
import { type DemoOutcome, prepareDemo, runDemo } from './demo.ts';

export interface ServeOptions {
  readonly config?: string;
  /** Sends a made-up study through the node; never where a site's archive is configured. */
  readonly demo?: boolean;
  /** The database is lost: begins with an empty one, and takes what is in the spool for new. */
  readonly newDatabase?: boolean;
}

/**
 * Runs the node until SIGINT or SIGTERM.
 * @throws NodeError configuration-invalid, and whatever keeps the node from starting
 */
export async function serve(options: ServeOptions): Promise<void> {
  const config = loadConfig({ ...(options.config === undefined ? {} : { file: options.config }), env: process.env });
  // A made-up patient must never reach a site's archive, whichever way that was configured.
  const withDemo = options.demo === true && options.config === undefined && config.destinations.length === 0;
  // In the demo a person reads the terminal, and the account tells what the log would: only errors interrupt it.
  const log = createLog(withDemo && process.env['CMR_NODE_LOG_LEVEL'] === undefined ? 'error' : config.log.level);
  const stop = stopSignal();
  // What patients' data is written to is for the node's own user alone.
  process.umask(0o077);
  say(`${PRODUCT_NAME} ${SOFTWARE_VERSION}. Not a medical device.`);
  if (withDemo) say('Making a demo study of a made-up person …');
  const demo = withDemo ? await prepareDemo(join(resolve(config.dataDir), 'demo')) : undefined;
  const node = await startNode(config, log, { newDatabase: options.newDatabase === true });
  if (demo !== undefined) {
    say(`Sending it to this node by C-STORE: ${demo.series.length} series, ${demo.outgoing.length} instances.`);
    tellOutcomes(await runDemo(demo, { node, aeTitle: config.dimse.aeTitle, log }));
  }
  tellAddresses(config, node);
  if (node.tls.all.length > 0) process.on('SIGHUP', () => void node.tls.reload());
  await stop;
  say('Stopping: what is under way is finished, the rest is taken up at the next start.');
  await node.close();
}

/** The first signal asks for a clean end; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
}

function tellOutcomes(outcomes: readonly DemoOutcome[]): void {
  say('');
  for (const outcome of outcomes) {
    const what =
      outcome.turned > 0
        ? `${outcome.turned} turned by ${outcome.correction} and proved sample by sample`
        : 'forwarded as received';
    const flags = outcome.flags.length > 0 ? ` [${outcome.flags.join(', ')}]` : '';
    say(`  ${outcome.purpose}`);
    say(`    ${outcome.instances} instances, ${outcome.kind}: ${outcome.reason}`);
    say(`    ${what}, ${outcome.archived} in the archive${flags}`);
  }
  say('');
}

function tellAddresses(config: Config, node: RunningNode): void {
  const { dimse, http } = config;
  say(`DICOM    ${dimse.aeTitle} on ${dimse.host}:${dicomPortsInWords(node)} (C-STORE, C-ECHO)`);
  say(
    `Page     ${http.tls === undefined ? 'http' : 'https'}://${http.host}:${node.httpPort}/ (also the JSON interface, DICOMweb, health, metrics)`,
  );
  if (node.oneTimeToken !== undefined) say(`Token    ${node.oneTimeToken}   (to sign in with, until this node stops)`);
  if (node.embeddedArchive !== undefined) say(`Archive  embedded, files in ${node.embeddedArchive.directory}`);
  for (const destination of config.destinations) say(`Archive  ${destinationInWords(destination)}`);
  const { model } = node.classifier;
  say(`Model    ${model.name} ${model.version} on ${model.provider}, mode ${config.mode}`);
  if (model.usage !== undefined) say(`         for ${model.usage}`);
  say('Ctrl-C stops the node.');
}

function dicomPortsInWords({ dimsePort, dimseTlsPort }: RunningNode): string {
  if (dimseTlsPort === undefined) return String(dimsePort);
  return dimseTlsPort === dimsePort ? `${dimsePort} over TLS` : `${dimsePort}, and over TLS at ${dimseTlsPort}`;
}

function destinationInWords(destination: Config['destinations'][number]): string {
  const { name } = destination;
  const where =
    destination.type === 'dimse'
      ? `${destination.calledAeTitle} on ${destination.host}:${destination.port} (C-STORE${destination.tls === undefined ? '' : ' over TLS'})`
      : `${destination.url} (STOW-RS)`;
  return `${name}: ${where}${destination.default ? '' : ', only where a routing rule says so'}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
