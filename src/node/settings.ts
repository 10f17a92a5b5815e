import { readFile } from 'node:fs/promises';
import type { ForwarderSettings } from '../app/forwarder.ts';
import type { NodeSettings } from '../app/node-context.ts';
import type { Config } from '../config/config-schema.ts';
import { EMBEDDED_ARCHIVE_NAME } from '../config/cross-checks.ts';
import { loadKindRules } from '../config/kind-rules-file.ts';
import { DEFAULT_THRESHOLDS, type DecisionThresholds } from '../core/decision/thresholds.ts';
import { parseTimeWindow } from '../core/delivery/time-window.ts';
import { MANUFACTURER, PACKAGE_ROOT, PRODUCT_NAME, SOFTWARE_VERSION } from '../version.ts';

/** Without a destination to go to by default, series go to the embedded archive. */
export function usesEmbeddedArchive(config: Config): boolean {
  return !config.destinations.some((destination) => destination.default);
}

/** Names of the destinations that there are. */
export function destinationNames(config: Config): readonly string[] {
  const configured = config.destinations.map(({ name }) => name);
  return usesEmbeddedArchive(config) ? [...configured, EMBEDDED_ARCHIVE_NAME] : configured;
}

/** The configuration in the terms of the use cases. */
export async function nodeSettings(config: Config, correlation: number): Promise<NodeSettings> {
  const defaults = config.destinations.filter((destination) => destination.default).map(({ name }) => name);
  return {
    series: config.series,
    decision: config.decision,
    thresholds: thresholdsOf(config),
    kindRules: await readKindRules(config),
    routing: config.routing.map(({ name, when, ...choices }) => ({ name, when, choices: withoutUndefined(choices) })),
    routeDefaults: {
      mode: config.mode,
      destinations: usesEmbeddedArchive(config) ? [EMBEDDED_ARCHIVE_NAME] : defaults,
      uidPolicy: config.uidPolicy,
      archiveOriginals: config.archiveOriginals,
    },
    destinationAeTitles: [
      ...config.destinations.flatMap((destination) =>
        destination.type === 'dimse' ? [{ destination: destination.name, aeTitle: destination.calledAeTitle }] : [],
      ),
      { destination: EMBEDDED_ARCHIVE_NAME, aeTitle: config.embeddedArchive.aeTitle },
    ],
    phasesPerPosition: config.inference.phasesPerPosition,
    correlation,
    derivation: {
      manufacturer: MANUFACTURER,
      productName: PRODUCT_NAME,
      softwareVersion: SOFTWARE_VERSION,
      modifyingSystem: config.dimse.aeTitle,
      imageTypeValue1: config.imageTypeValue1,
      seriesDescriptionSuffix: config.seriesDescriptionSuffix,
      seriesNumberOffset: config.seriesNumberOffset,
      privateGeometry: config.privateGeometry,
    },
  };
}

/** How a destination is sent to. The embedded archive has no choices of its own. */
export function forwarderSettings(config: Config, name: string, wake: (name: string) => void): ForwarderSettings {
  const destination = config.destinations.find((one) => one.name === name);
  if (destination === undefined) return config.delivery;
  const { windows, alternate, alternateAfterSeconds } = destination;
  return {
    ...config.delivery,
    windows: windows.map(parseTimeWindow).filter((window) => window !== undefined),
    alternate:
      alternate === undefined
        ? undefined
        : { name: alternate, afterSeconds: alternateAfterSeconds, wake: () => wake(alternate) },
  };
}

function thresholdsOf({ decision }: Config): DecisionThresholds {
  const entries = Object.keys(DEFAULT_THRESHOLDS).map((name) => [name, decision[name as keyof DecisionThresholds]]);
  return Object.fromEntries(entries) as unknown as DecisionThresholds;
}

/** The rules of the product, and before them those of the site. */
async function readKindRules({ kinds }: Config): Promise<NodeSettings['kindRules']> {
  const defaults = await readFile(new URL('config/sequence-kinds.yaml', PACKAGE_ROOT), 'utf8');
  return loadKindRules(defaults, kinds.rulesFile === undefined ? undefined : await readFile(kinds.rulesFile, 'utf8'));
}

function withoutUndefined<Values extends object>(values: Values): { [Key in keyof Values]?: NonNullable<Values[Key]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
